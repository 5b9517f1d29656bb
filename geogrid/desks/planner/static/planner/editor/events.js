/* Who wants to know what: new Events(clock) .on(event, handler) -> off()   .tell(event, told) */

export class Events {
  constructor(clock) {
    this.clock = clock;
    this.handlers = new Map();
  }

  on(event, handler) {
    if (!this.handlers.has(event)) this.handlers.set(event, new Set());
    this.handlers.get(event).add(handler);
    return () => this.handlers.get(event).delete(handler);
  }

  tell(event, told) {
    for (const handler of [...(this.handlers.get(event) ?? [])]) {
      try {
        handler(told);
      } catch (fault) {
        // A listener's fault must not stop who tells; it is still to be seen in the console.
        this.clock.setTimeout(() => {
          throw fault;
        }, 0);
      }
    }
  }
}
