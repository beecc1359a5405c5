/**
 * One record of this device in localStorage, shared by all tabs.
 *
 * localStorage and not IndexedDB, since some of it has to be there before anything is painted. Where the browser keeps
 * nothing for us it lasts as long as the page.
 */
export class DeviceRecord<Value> {
  readonly #key: string;
  readonly #from: (stored: unknown) => Value;
  readonly #listeners = new Set<() => void>();
  #current: Value;

  /** `from` makes something of whatever is stored, each part as it should be or its default; undefined is nothing. */
  constructor(key: string, from: (stored: unknown) => Value) {
    this.#key = key;
    this.#from = from;
    this.#current = this.#stored() ?? from(undefined);
    window.addEventListener('storage', ({ key: changed }) => {
      if (changed === key || changed === null) this.reload();
    });
  }

  readonly read = (): Value => this.#current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Change what is stored, also by another tab since it was read here. */
  readonly update = (change: (current: Value) => Value): void => {
    const changed = change(this.#stored() ?? this.#current);
    try {
      localStorage.setItem(this.#key, JSON.stringify(changed));
    } catch (error) {
      console.warn('The browser does not keep preferences', error);
    }
    this.#adopt(changed);
  };

  /** Take up what is stored: when another tab has changed it. */
  reload(): void {
    this.#adopt(this.#stored() ?? this.#from(undefined));
  }

  #stored(): Value | null {
    try {
      const text = localStorage.getItem(this.#key);
      return text === null ? null : this.#from(JSON.parse(text));
    } catch {
      return null;
    }
  }

  #adopt(value: Value): void {
    this.#current = value;
    this.#listeners.forEach((listener) => listener());
  }
}

export function recordFrom(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
