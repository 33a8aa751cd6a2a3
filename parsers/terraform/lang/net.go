package lang

import (
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxNewBits is the most bits by which cidrsubnets extends a prefix
// ("cidrsubnets Function").
const maxNewBits = 32

// netTable holds the documentation's section "IP Network Functions".
func netTable() map[string]function.Function {
	prefix, number := param("prefix", cty.String), cty.Number
	list := cty.List(cty.String)
	return map[string]function.Function{
		"cidrhost":    blind(static(cty.String, cidrHost, prefix, param("hostnum", number))),
		"cidrnetmask": blind(static(cty.String, cidrNetmask, prefix)),
		"cidrsubnet":  blind(static(cty.String, cidrSubnet, prefix, param("newbits", number), param("netnum", number))),
		"cidrsubnets": blind(variadic(list, cidrSubnets, param("newbits", number), prefix)),
	}
}

func parsePrefix(v cty.Value) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(withoutLeadingZeros(v.AsString()))
	if err != nil {
		return netip.Prefix{}, function.NewArgErrorf(0, "invalid CIDR expression: %s", err)
	}
	return p.Masked(), nil
}

// withoutLeadingZeros reads the parts of an IPv4 address as decimal, as
// Terraform still does.
func withoutLeadingZeros(s string) string {
	if strings.Contains(s, ":") {
		return s
	}
	addr, bits, ok := strings.Cut(s, "/")
	parts := strings.Split(addr, ".")
	for i, p := range parts {
		if t := strings.TrimLeft(p, "0"); t != "" || p == "" {
			parts[i] = t
			continue
		}
		parts[i] = "0"
	}
	if !ok {
		return s
	}
	return strings.Join(parts, ".") + "/" + bits
}

func wholeNumber(arg int, v cty.Value) (*big.Int, error) {
	f := v.AsBigFloat()
	if !f.IsInt() || f.MantExp(nil) > 160 {
		return nil, function.NewArgErrorf(arg, "a whole number is required")
	}
	n, _ := f.Int(nil)
	return n, nil
}

func smallNumber(arg int, v cty.Value) (int, error) {
	n, err := wholeNumber(arg, v)
	if err != nil {
		return 0, err
	}
	if !n.IsInt64() || n.Int64() > 128 || n.Int64() < 0 {
		return 0, function.NewArgErrorf(arg, "must be between 0 and 128")
	}
	return int(n.Int64()), nil
}

// offset is the address n behind addr.
func offset(addr netip.Addr, n *big.Int) netip.Addr {
	raw := addr.AsSlice()
	sum := new(big.Int).Add(new(big.Int).SetBytes(raw), n)
	out, _ := netip.AddrFromSlice(sum.FillBytes(raw))
	return out
}

func cidrHost(args []cty.Value, _ cty.Type) (cty.Value, error) {
	p, err := parsePrefix(args[0])
	if err != nil {
		return cty.NilVal, err
	}
	n, err := wholeNumber(1, args[1])
	if err != nil {
		return cty.NilVal, err
	}
	size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
	if n.Sign() < 0 {
		n.Add(n, size)
	}
	if n.Sign() < 0 || n.Cmp(size) >= 0 {
		return cty.NilVal, fmt.Errorf("prefix of %d does not accommodate a host numbered %s", p.Bits(), n)
	}
	return cty.StringVal(offset(p.Addr(), n).String()), nil
}

func cidrNetmask(args []cty.Value, _ cty.Type) (cty.Value, error) {
	p, err := parsePrefix(args[0])
	if err != nil {
		return cty.NilVal, err
	}
	if !p.Addr().Is4() {
		return cty.NilVal, errors.New("IPv6 addresses cannot have a netmask: " + p.String())
	}
	return cty.StringVal(net.IP(net.CIDRMask(p.Bits(), 32)).String()), nil
}

func cidrSubnet(args []cty.Value, _ cty.Type) (cty.Value, error) {
	p, err := parsePrefix(args[0])
	if err != nil {
		return cty.NilVal, err
	}
	bits, err := smallNumber(1, args[1])
	if err != nil {
		return cty.NilVal, err
	}
	n, err := wholeNumber(2, args[2])
	if err != nil {
		return cty.NilVal, err
	}
	rest := p.Addr().BitLen() - p.Bits() - bits
	if rest < 0 {
		return cty.NilVal, fmt.Errorf("insufficient address space to extend prefix of %d by %d", p.Bits(), bits)
	}
	if n.Sign() < 0 || n.BitLen() > bits {
		return cty.NilVal, fmt.Errorf("prefix extension of %d does not accommodate a subnet numbered %s", bits, n)
	}
	base := offset(p.Addr(), n.Lsh(n, uint(rest)))
	return cty.StringVal(netip.PrefixFrom(base, p.Bits()+bits).String()), nil
}

// cidrSubnets hands out consecutive networks, each at the next place that
// fits its size.
func cidrSubnets(args []cty.Value, _ cty.Type) (cty.Value, error) {
	p, err := parsePrefix(args[0])
	if err != nil {
		return cty.NilVal, err
	}
	if len(args) > 1 && p.Addr() == zeroOf(p) {
		return cty.NilVal, errors.New("not enough remaining address space: Terraform finds none behind the address zero")
	}
	var out []cty.Value
	used := new(big.Int)
	for i, a := range args[1:] {
		bits, err := smallNumber(i+1, a)
		if err != nil {
			return cty.NilVal, err
		}
		if bits < 1 || bits > maxNewBits {
			return cty.NilVal, function.NewArgErrorf(i+1, "must extend the prefix by 1 to %d bits", maxNewBits)
		}
		net, err := nextNetwork(p, bits, used)
		if err != nil {
			return cty.NilVal, function.NewArgError(i+1, err)
		}
		out = append(out, cty.StringVal(net.String()))
	}
	if len(out) == 0 {
		return cty.ListValEmpty(cty.String), nil
	}
	return cty.ListVal(out), nil
}

// zeroOf is the first address of a prefix's family.
func zeroOf(p netip.Prefix) netip.Addr {
	if p.Addr().Is4() {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}

// nextNetwork rounds used up to the size of the network and adds it.
func nextNetwork(p netip.Prefix, bits int, used *big.Int) (netip.Prefix, error) {
	rest := p.Addr().BitLen() - p.Bits() - bits
	if rest < 0 {
		return netip.Prefix{}, fmt.Errorf("not enough remaining address space for a prefix of %d bits", p.Bits()+bits)
	}
	size := new(big.Int).Lsh(big.NewInt(1), uint(rest))
	used.Add(used, size)
	used.Sub(used, big.NewInt(1))
	used.Rsh(used, uint(rest)).Lsh(used, uint(rest))
	start := new(big.Int).Set(used)
	used.Add(used, size)
	if used.Cmp(new(big.Int).Lsh(size, uint(bits))) > 0 {
		return netip.Prefix{}, errors.New("not enough remaining address space")
	}
	return netip.PrefixFrom(offset(p.Addr(), start), p.Bits()+bits), nil
}
