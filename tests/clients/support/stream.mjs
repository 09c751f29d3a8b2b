/** The events of one subscription. */
export class Stream {
  #iterator;
  #event;
  #cut;

  /** Over a client's results: `event` takes the event out of a result, `cut` breaks off the connection. */
  constructor(iterator, event, cut) {
    this.#iterator = iterator;
    this.#event = event;
    this.#cut = cut;
  }

  async next() {
    const { value, done } = await this.#iterator.next();
    if (done) return { value: undefined, done };
    if (value.errors) throw new Error(JSON.stringify(value.errors));
    return { value: this.#event(value), done };
  }

  /** Ends the subscription in order. */
  async return() {
    await this.#iterator.return();
  }

  /** Breaks off the connection as a dead network would, and waits until the client has noticed. */
  async cut() {
    this.#cut();
    const noticed = await this.next().then(({ done }) => done, () => true);
    if (!noticed) throw new Error("an event came over a connection that was cut");
  }
}
