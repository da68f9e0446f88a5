import { entityJson } from './entity-json';
import type { EntityStore } from './entity-store';
import { inferenceService, modelVersion, registeredModel } from './entity-types';
import { notFound, Refusal } from './refusal';
import type { Handler } from './routes';

/** Routes that tell what an inference service serves. */
export function servedRoutes(store: EntityStore): [string, Handler][] {
  return [
    [
      'GET /inference_services/{id}/model',
      ({ id }) => {
        const modelId = String(store.get(id, inferenceService).values['registeredModelId']);
        const model = store.of(registeredModel).find((row) => String(row.id) === modelId);
        // The create didn't look whether it exists, and the server doesn't expect what follows from that.
        if (model === undefined) throw new Refusal(500, `no registered model found for id ${modelId}: not found`);
        return { status: 200, body: entityJson(model) };
      },
    ],
    [
      'GET /inference_services/{id}/version',
      ({ id }) => {
        const { modelVersionId, registeredModelId } = store.get(id, inferenceService).values;
        if (modelVersionId !== undefined)
          return { status: 200, body: entityJson(store.get(String(modelVersionId), modelVersion)) };
        const versions = store.of(modelVersion).filter((row) => String(row.parentId) === registeredModelId);
        // By creation time, archived ones included.
        const newest = versions.toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id)[0];
        if (newest === undefined)
          throw notFound(`no model version found for registered model ${String(registeredModelId)}`);
        return { status: 200, body: entityJson(newest) };
      },
    ],
  ];
}
