/** An async iterator over what is observed: `subscribe` takes an observer and answers a subscription to end. */
export function observe(subscribe) {
  const waiting = [];
  const arrived = [];
  const give = (settle) => {
    const one = waiting.shift();
    if (one) settle(one);
    else arrived.push(settle);
  };
  const subscription = subscribe({
    next: (value) => give(({ resolve }) => resolve({ value, done: false })),
    error: (reason) => give(({ reject }) => reject(reason)),
    complete: () => give(({ resolve }) => resolve({ value: undefined, done: true })),
  });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const settle = arrived.shift();
        if (settle) settle({ resolve, reject });
        else waiting.push({ resolve, reject });
      }),
    async return() {
      subscription.unsubscribe();
      return { value: undefined, done: true };
    },
  };
}
