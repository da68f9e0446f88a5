import { inferenceProtocols } from '../../../definitions/names/serving';

/** Rank of a runtime by the simplest protocol it speaks, from 1; runtimes that name none come last. */
export function protocolRank(protocols: readonly string[]): number {
  return Math.min(inferenceProtocols.length + 1, ...protocols.map(rankOf));
}

/** The simplest protocol of a list; undefined for an empty list. */
export function lowestProtocol(protocols: readonly string[]): string | undefined {
  const rank = protocolRank(protocols);
  return protocols.find((protocol) => rankOf(protocol) === rank);
}

/** Whether a runtime speaks a protocol: one that names none speaks all. */
export function speaks(protocols: readonly string[] | undefined, protocol: string): boolean {
  return protocols === undefined || protocols.length === 0 || protocols.includes(protocol);
}

function rankOf(protocol: string): number {
  const index = inferenceProtocols.findIndex((known) => known === protocol);
  return index === -1 ? inferenceProtocols.length + 1 : index + 1;
}
