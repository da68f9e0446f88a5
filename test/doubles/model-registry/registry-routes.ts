import { artifactRoutes } from './artifact-routes';
import { entityRoutes } from './entity-routes';
import type { EntityStore } from './entity-store';
import type { EntityType } from './entity-types';
import { metricHistoryRoutes } from './metric-history-routes';
import type { Routes } from './routes';
import { servedRoutes } from './served-routes';

/** Differences between servers of different age. */
export interface ServerAge {
  /** Newer servers honour `filterQuery` where older ones silently ignore it. */
  readonly filterEverywhere: boolean;
}

/** All operations of the contract, over a database. */
export function registryRoutes(store: EntityStore, { filterEverywhere }: ServerAge): Routes {
  const honoured = ({ lists }: EntityType) => (filterEverywhere ? { ...lists, filter: true } : lists);
  return new Map([
    ...entityRoutes(store, honoured),
    ...servedRoutes(store),
    ...artifactRoutes(store, honoured),
    ...metricHistoryRoutes(store),
  ]);
}
