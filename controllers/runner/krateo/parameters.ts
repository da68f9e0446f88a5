import * as z from 'zod';
import type { KrateoApi } from '../../../definitions/inference/storage/krateo';
import { resultMembers } from '../../../definitions/names/krateo';
import type { RunnerError } from '../runner-error';
import { notebookOf } from './call-address';
import { refusedContract, type Side } from './side';

/** Parameters of a call: text, since the handler fails on everything else. */
export type Parameters = Readonly<Record<string, string>>;

/** What each notebook that we know of needs; names are put into SQL text by the notebooks of Krateo. */
interface NotebookProfile {
  readonly names: readonly string[];
  readonly literals: readonly string[];
  readonly lengths: readonly string[];
}

const wholeTable: NotebookProfile = { names: ['input_table_name'], literals: [], lengths: [] };
const timeSeries: NotebookProfile = {
  names: ['input_table_name', 'input_table_column_name', 'key_name'],
  literals: ['key_value'],
  lengths: ['input_data_length'],
};
const resultTable: NotebookProfile = { names: ['output_table_name'], literals: [], lengths: [] };

const profiles: Readonly<Record<string, NotebookProfile | undefined>> = {
  sklearninput: wholeTable,
  kserveinput: wholeTable,
  tritoninput: timeSeries,
  sklearnoutput: resultTable,
  tritonoutput: resultTable,
  kserveoutput: resultTable,
};

const sqlName = /^[A-Za-z_][A-Za-z0-9_.]*$/;
/** A quote ends an SQL literal, and control characters have no place in one. */
// To refuse them they have to be named.
// eslint-disable-next-line no-control-regex
const sqlLiteral = /^[^'\x00-\x1f\x7f]*$/;
const length = /^[1-9][0-9]{0,8}$/;

/** Linux takes no longer argument of a process, its closing zero byte not counted. */
const longestArgument = 131_071;

/**
 * Parameters of a call: those of the run over the members of `api.payload`.
 *
 * @throws RunnerError with exit code 2 for what the handler or its notebook would misread: it would answer success all the same
 */
export function callParameters(
  side: Side,
  { path, payload }: KrateoApi,
  parameters: Parameters,
  { allowEqualsSign }: { readonly allowEqualsSign: boolean },
): Parameters {
  const all: Parameters = { ...payloadMembers(side, payload), ...parameters };
  const refused = (name: string, why: string) => refusedContract(`${side}.krateo: parameter ${name} ${why}`);
  const notebook = notebookOf(path);
  for (const [name, value] of Object.entries(all)) {
    const cut = name.includes('=') ? name : value.includes('=') && !allowEqualsSign ? value : undefined;
    if (cut !== undefined) {
      throw refused(name, 'contains "=", where notebooks cut it: change it, or set allowEqualsSign if yours do not');
    }
    const bytes = Buffer.byteLength(`${name}=${value}`);
    if (notebook !== undefined && bytes > longestArgument) {
      throw refused(name, `has ${bytes} bytes with its name, a notebook takes at most ${longestArgument}`);
    }
  }
  if (notebook !== undefined) checkProfile(notebook, all, refused);
  return all;
}

function checkProfile(
  notebook: string,
  parameters: Parameters,
  refused: (name: string, why: string) => RunnerError,
): void {
  const profile = Object.hasOwn(profiles, notebook) ? profiles[notebook] : undefined;
  if (profile === undefined) return;
  const check = (names: readonly string[], pattern: RegExp, expected: string) => {
    for (const name of names) {
      const value = parameters[name];
      if (value === undefined) throw refused(name, `is missing, notebook ${notebook} needs it`);
      if (!pattern.test(value)) throw refused(name, `is not allowed, notebook ${notebook} needs ${expected}`);
    }
  };
  check(profile.names, sqlName, 'a name of letters, digits, underscores and dots');
  check(profile.literals, sqlLiteral, 'text without single quotes and control characters');
  check(profile.lengths, length, 'a whole number above 0');
}

const payloadSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** `api.payload` is a template of the body: a JSON object, over whose members the parameters go. */
function payloadMembers(side: Side, payload: string): Parameters {
  if (payload.trim() === '') return {};
  const expected = `${side}.krateo.api.payload: expected a JSON object of texts, numbers and booleans, or nothing`;
  let members: unknown;
  try {
    members = JSON.parse(payload);
  } catch {
    throw refusedContract(`${expected}; it is no JSON`);
  }
  const result = payloadSchema.safeParse(members);
  if (!result.success) throw refusedContract(expected);
  return Object.fromEntries(Object.entries(result.data).map(([name, value]) => [name, String(value)]));
}

/** Body of an input call: members sorted by name, as upstream's runners write it. */
export function inputBody(parameters: Parameters): string {
  return sortedJson(parameters);
}

/** Who made results, in the body of an output call. */
export interface ResultIdentity {
  readonly jobUid: string;
  readonly podUid: string;
}

/**
 * Body of an output call. Results win over parameters of their names.
 *
 * @param offset member that says which value of the run the first prediction is, where results come in several calls
 */
export function outputBody(
  parameters: Parameters,
  { jobUid, podUid }: ResultIdentity,
  predictions: string,
  offset: Parameters = {},
): string {
  const { jobUid: jobMember, podUid: podMember, predictions: predictionsMember } = resultMembers;
  return sortedJson({
    ...parameters,
    ...offset,
    [jobMember]: jobUid,
    [podMember]: podUid,
    [predictionsMember]: predictions,
  });
}

function sortedJson(members: Parameters): string {
  const sorted = Object.keys(members).sort();
  return JSON.stringify(Object.fromEntries(sorted.map((name) => [name, members[name]])));
}
