/** What `fetch-uri` needs for `model-registry://`, loaded when there is such a URI. */
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export { withMissingCredentials } from './missing-credentials';
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export { resolveModel } from './resolve-model';
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export { verifiedSource } from './verified-source';
