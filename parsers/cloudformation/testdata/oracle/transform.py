"""Transforms SAM templates, a JSON list on standard input, with aws-sam-translator.

Writes the list of transformed templates and, for the argument "names", the
policy templates with the services that each grants actions of.
"""

import json
import os
import sys

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"

from samtranslator.parser.parser import Parser
from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor
from samtranslator.translator.translator import Translator


def services(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "Action":
                actions = inner if isinstance(inner, list) else [inner]
                yield from (action.split(":")[0] for action in actions)
            else:
                yield from services(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from services(inner)


def symbolic(value):
    """Writes the partition of ARNs as the pseudo parameter."""
    if isinstance(value, dict):
        if list(value) == ["Fn::Sub"]:
            sub = value["Fn::Sub"]
            text = sub if isinstance(sub, str) else sub[0]
            text = text.replace("arn:aws:", "arn:${AWS::Partition}:")
            return {"Fn::Sub": text if isinstance(sub, str) else [text, sub[1]]}
        return {name: symbolic(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [symbolic(inner) for inner in value]
    if isinstance(value, str) and value.startswith("arn:aws:iam::aws:"):
        return {"Fn::Sub": value.replace("arn:aws:", "arn:${AWS::Partition}:", 1)}
    return value


if sys.argv[1:] == ["names"]:
    templates = PolicyTemplatesProcessor.get_default_policy_templates_json()["Templates"]
    json.dump({name: sorted(set(services(t))) for name, t in templates.items()}, sys.stdout)
else:
    out = [Translator({}, Parser()).translate(template, {}) for template in json.load(sys.stdin)]
    json.dump(symbolic(out), sys.stdout)
