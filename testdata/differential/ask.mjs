// Asks the two engines. Each is a process of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const project = path.resolve(here, '../..');

// run gives a process its input and returns its output. The exit codes of ok
// are no failure.
function run(command, args, { input = '', cwd, ok = [0] } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
    const out = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => (ok.includes(code) ? resolve(Buffer.concat(out).toString()) : reject(new Error(`${command} ends with ${code}`))));
    child.stdin.end(input);
  });
}

// askPeer returns the package's answers by id: what it decided, the keys of
// the context that it left out, and whether it refused a policy.
export async function askPeer(folder, cases) {
  if (cases.length === 0) return new Map();
  const input = cases.map((c) => JSON.stringify(c) + '\n').join('');
  const output = await run(process.execPath, [path.join(here, 'peer.mjs'), folder], { input });
  return byID(output.trimEnd().split('\n').map((line) => JSON.parse(line)));
}

const byID = (answers) => new Map(answers.map((a) => [a.id, a]));

// askOurs returns the project's answers by id, of `iamwatch test`. Each case
// carries the peer's answer as the expected one, so that the command's own
// count is that of the disagreements.
export async function askOurs(cases, peer) {
  if (cases.length === 0) return new Map();
  const folder = await mkdtemp(path.join(tmpdir(), 'iamwatch-'));
  try {
    const file = path.join(folder, 'cases.json');
    await writeFile(file, JSON.stringify(cases.map((c) => expecting(c, peer.get(c.id)))));
    const output = await run('go', ['run', './cmd/iamwatch', 'test', '--format', 'json', file], { cwd: project, ok: [0, 1] });
    return byID(JSON.parse(output).cases.map(answer));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const answer = ({ id, got }) => ({ id, result: got.result, deny_kind: got.denyKind, refused: got.parseError === true });

function expecting(c, answer) {
  return { ...c, expected: answer.result === 'allowed' ? 'allowed' : 'denied', parse_error: answer.refused !== undefined };
}
