/** A registry record as the table shows it. */
export interface RecordView {
  readonly id: string;
  /** `<InferenceService>/<uid>` */
  readonly name: string;
  readonly state: string;
  readonly url?: string;
}

/** What the table shows of a record. @param entity as the registry has it */
export function recordView(entity: Readonly<Record<string, unknown>>): RecordView {
  const properties = entity['customProperties'];
  const url: unknown =
    typeof properties === 'object' && properties !== null ? Reflect.get(properties, 'url') : undefined;
  const value: unknown = typeof url === 'object' && url !== null ? Reflect.get(url, 'string_value') : undefined;
  return {
    id: String(entity['id']),
    name: String(entity['name']),
    state: String(entity['desiredState']),
    ...(typeof value === 'string' ? { url: value } : {}),
  };
}
