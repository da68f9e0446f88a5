import { servingAnnotations } from '../../../definitions/names/serving';
import { serverTypeOfRuntime } from '../../../definitions/names/serving-runtimes';

/** What is asked about a runtime to find out its server. */
export interface NamedRuntime {
  readonly name: string;
  /** Of the runtime object itself, not of its pods. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Server of a runtime for its defaults: an annotation, even an empty one, wins over the name. */
export function serverType({ name, annotations }: NamedRuntime): string | undefined {
  return annotations[servingAnnotations.serverType] ?? typeOfName(name);
}

/** Server of a runtime for the choice of its image: an empty annotation counts as absent there. */
export function serverTypeForImage({ name, annotations }: NamedRuntime): string | undefined {
  const annotated = annotations[servingAnnotations.serverType];
  return annotated === undefined || annotated === '' ? typeOfName(name) : annotated;
}

function typeOfName(name: string): string | undefined {
  return Object.hasOwn(serverTypeOfRuntime, name) ? serverTypeOfRuntime[name] : undefined;
}
