// A source of numbers that gives the same ones for the same seed everywhere.
export class Random {
  #state;

  constructor(seed) {
    this.#state = Math.imul(seed, 2654435761) + 1 >>> 0 || 1;
    for (let i = 0; i < 16; i++) this.#step();
  }

  // #step is Marsaglia's xorshift with 32 bits.
  #step() {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  // below is a whole number from 0 to n-1.
  below(n) {
    return Math.floor((this.#step() / 0x100000000) * n);
  }

  // chance is true in so many cases of a hundred.
  chance(percent) {
    return this.below(100) < percent;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  // weighted picks one of [weight, value] pairs.
  weighted(pairs) {
    let n = this.below(pairs.reduce((sum, [weight]) => sum + weight, 0));
    return pairs.find(([weight]) => (n -= weight) < 0)[1];
  }

  // several makes a list of low to high values.
  several(low, high, make) {
    return Array.from({ length: low + this.below(high - low + 1) }, make);
  }

  // oneOrMore writes a list of a single value as the value now and then, as
  // policies do.
  oneOrMore(list) {
    return list.length === 1 && this.chance(60) ? list[0] : list;
  }
}
