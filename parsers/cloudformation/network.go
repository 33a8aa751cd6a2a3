package cloudformation

import (
	"math/big"
	"net/netip"
	"strconv"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxBlocks bounds the blocks that Fn::Cidr makes ("Fn::Cidr": count).
const maxBlocks = 256

// cidr is Fn::Cidr: [block, count, subnet bits]. Subnet bits are those that an
// address has behind the mask of each block.
func (e *evaluator) cidr(arg *source.Value, r source.Range) *source.Value {
	if len(arg.Items) != 3 {
		return e.unread(nil, r)
	}
	block := e.eval(arg.Items[0]).Text()
	count, countErr := strconv.Atoi(e.eval(arg.Items[1]).Text().Value)
	bits, bitsErr := strconv.Atoi(e.eval(arg.Items[2]).Text().Value)
	if !block.Known || countErr != nil || bitsErr != nil {
		return e.unread(nil, r)
	}
	prefix, err := netip.ParsePrefix(block.Value)
	if err != nil {
		return e.unread(nil, r)
	}
	width := prefix.Addr().BitLen()
	if count < 1 || count > maxBlocks || bits < 0 || !fits(width-prefix.Bits(), bits, count) {
		e.t.errorf(r, "Fn::Cidr cannot take %d blocks with %d subnet bits from %s", count, bits, block.Value)
		return e.unread(nil, r)
	}
	list := &source.Value{Kind: source.List, Range: r}
	for i := range count {
		s := source.NewString(blockAt(prefix, width, bits, i), r)
		s.Origin = block.Origin
		list.Items = append(list.Items, source.StringValue(s))
	}
	return list
}

// fits reports whether count blocks with so many bits lie in a block that has
// room bits.
func fits(room, bits, count int) bool {
	return bits <= room && (room-bits >= 8 || count <= 1<<(room-bits))
}

// blockAt is the i-th block of a prefix.
func blockAt(p netip.Prefix, width, bits, i int) string {
	offset := new(big.Int).Lsh(big.NewInt(int64(i)), uint(bits))
	sum := offset.Add(offset, new(big.Int).SetBytes(p.Masked().Addr().AsSlice()))
	at, _ := netip.AddrFromSlice(sum.FillBytes(make([]byte, width/8)))
	return netip.PrefixFrom(at, width-bits).String()
}

// zone is an item of Fn::GetAZs: which zones an account has is not known.
func (e *evaluator) zone(index string, r source.Range) *source.Value {
	label := "availability zone " + index
	return source.StringValue(source.Unknown(source.HoleName, label, r))
}
