import type { RegistryClient } from './registry-client';
import { RegistryError } from './registry-error';

/**
 * Ids of serving environments of one registry, remembered: they never change while the entity lives.
 *
 * Guarantees: workers that need one environment at the same time share one look-up and one creation; the loser of a race
 * with another process finds the winner's. Only a genuine "not found" leads to a creation.
 */
export class ServingEnvironments {
  private readonly ids = new Map<string, string>();
  private readonly creations = new Map<string, Promise<string>>();

  constructor(private readonly client: RegistryClient) {}

  /** Id of the environment, or nothing when it does not exist. */
  async find(name: string, signal: AbortSignal): Promise<string | undefined> {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const id = (await this.client.findServingEnvironment(name, signal))?.id;
    if (id !== undefined) this.ids.set(name, id);
    return id;
  }

  /** Id of the environment, made when missing. */
  async ensure(name: string, description: string, signal: AbortSignal): Promise<string> {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const running = this.creations.get(name) ?? this.findOrCreate(name, description, signal);
    this.creations.set(name, running);
    try {
      return await running;
    } finally {
      this.creations.delete(name);
    }
  }

  /** Forgets an id that the registry no longer knows. */
  forget(name: string): void {
    this.ids.delete(name);
  }

  private async findOrCreate(name: string, description: string, signal: AbortSignal): Promise<string> {
    const found = await this.find(name, signal);
    if (found !== undefined) return found;
    const id = await this.create(name, description, signal);
    this.ids.set(name, id);
    return id;
  }

  private async create(name: string, description: string, signal: AbortSignal): Promise<string> {
    try {
      return (await this.client.createServingEnvironment(name, description, signal)).id;
    } catch (error) {
      if (!(error instanceof RegistryError && error.failure === 'conflict')) throw error;
      const winner = await this.find(name, signal);
      if (winner === undefined) throw error;
      return winner;
    }
  }
}
