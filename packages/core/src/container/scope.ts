import "reflect-metadata";
import { container, instancePerContainerCachingFactory } from "tsyringe";
import type { DependencyContainer } from "tsyringe";

/** A typed key of the container. */
export interface Token<Service> {
  readonly key: symbol;
  /** Only carries the type. */
  readonly service?: Service;
}

/** A typed key; the same name gives the same key in every copy of this package. */
export function token<Service>(name: string): Token<Service> {
  return { key: Symbol.for(`vla-pruner.${name}`) };
}

/** The one scope of each container: what `perScope` factories register on it must be closed with it. */
const SCOPES = new WeakMap<DependencyContainer, Scope>();

/**
 * A thin, typed layer over a tsyringe container. Registrations are functions, so neither we nor our users
 * need decorators.
 */
export class Scope {
  readonly #container: DependencyContainer;
  readonly #closers: (() => void | Promise<void>)[] = [];

  private constructor(inner: DependencyContainer) {
    this.#container = inner;
    SCOPES.set(inner, this);
  }

  static root(): Scope {
    return new Scope(container.createChildContainer());
  }

  /** A scope that sees this one's services and has its own `perScope` ones. */
  child(): Scope {
    return new Scope(this.#container.createChildContainer());
  }

  /** One instance for this scope and all its children, made by this scope on first use. */
  shared<Service>(key: Token<Service>, make: (scope: Scope) => Service): this {
    let made: { service: Service } | undefined;
    this.#container.register(key.key, { useFactory: () => (made ??= { service: make(this) }).service });
    return this;
  }

  /** One instance for each scope that asks. */
  perScope<Service>(key: Token<Service>, make: (scope: Scope) => Service): this {
    const useFactory = instancePerContainerCachingFactory((asking) =>
      make(SCOPES.get(asking) ?? new Scope(asking)),
    );
    this.#container.register(key.key, { useFactory });
    return this;
  }

  get<Service>(key: Token<Service>): Service {
    return this.#container.resolve<Service>(key.key);
  }

  /** Calls `close` when this scope is disposed, newest first. */
  onDispose(close: () => void | Promise<void>): this {
    this.#closers.push(close);
    return this;
  }

  async dispose(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close();
    this.#container.clearInstances();
  }
}
