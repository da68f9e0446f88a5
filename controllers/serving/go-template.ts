import { actionValue } from './go-template-action';

/** What a template may name: texts, and maps of texts such as labels. */
export type TemplateData = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** A template can't be rendered: it is broken, or uses more of Go's text/template than is supported. */
export class GoTemplateError extends Error {
  constructor(template: string, cause: string) {
    super(`template ${JSON.stringify(template)}: ${cause}`);
    this.name = 'GoTemplateError';
  }
}

/**
 * Renders the part of Go's text/template that runtimes and ingress settings use: `{{.Name}}`, `{{.Labels.key}}`,
 * `{{index .Labels "a/b"}}`, `{{"text"}}`, comments, and `-` beside a delimiter, which takes the white space there away.
 * A key that a map does not have renders as nothing, a field that the data does not have is an error. Values are put in
 * as they are.
 *
 * @throws GoTemplateError for anything else
 */
export function renderGoTemplate(template: string, data: TemplateData): string {
  let rendered = '';
  let trimNext = false;
  let position = 0;
  for (;;) {
    const open = template.indexOf('{{', position);
    const text = open === -1 ? template.slice(position) : template.slice(position, open);
    const started = trimNext ? text.replace(/^[ \t\r\n]+/, '') : text;
    if (open === -1) {
      return rendered + started;
    }
    const action = actionAt(template, open);
    rendered += action.trimBefore ? withoutTrailingSpace(started) : started;
    if (!action.comment) {
      rendered += valueOf(template, action.code, data);
    }
    trimNext = action.trimAfter;
    position = action.end;
  }
}

/** A regular expression for white space at the end tries every run of it: quadratic for long runs in the middle. */
function withoutTrailingSpace(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) {
    end -= 1;
  }
  return text.slice(0, end);
}

interface Action {
  readonly code: string;
  readonly comment: boolean;
  readonly trimBefore: boolean;
  readonly trimAfter: boolean;
  /** Index after the closing delimiter. */
  readonly end: number;
}

const trimOpening = /-[ \t\r\n]/y;
const commentBody = /\/\*[^]*?\*\/(?<trim>[ \t\r\n]-)?\}\}/y;
/** White space before `-}}` belongs to the marker; quoted texts may hold delimiters. */
const actionBody = /(?<code>(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?!\}\}|[ \t\r\n]-\}\})[^"`])*)(?<trim>[ \t\r\n]-)?\}\}/y;

/** The action whose opening delimiter is at `open`. */
function actionAt(template: string, open: number): Action {
  trimOpening.lastIndex = open + 2;
  const trimBefore = trimOpening.test(template);
  // The white space of an opening marker may be that of a closing one too: `{{- -}}`.
  const start = open + (trimBefore ? 3 : 2);
  const afterSpace = trimBefore ? start + 1 : start;
  commentBody.lastIndex = afterSpace;
  const comment = commentBody.exec(template);
  if (comment !== null) {
    const trimAfter = comment.groups?.['trim'] !== undefined;
    return { code: '', comment: true, trimBefore, trimAfter, end: commentBody.lastIndex };
  }
  actionBody.lastIndex = start;
  const body = actionBody.exec(template);
  if (body === null) {
    throw new GoTemplateError(template, 'an action is not closed: every {{ needs its }}');
  }
  const trimAfter = body.groups?.['trim'] !== undefined;
  return { code: body.groups?.['code'] ?? '', comment: false, trimBefore, trimAfter, end: actionBody.lastIndex };
}

function valueOf(template: string, code: string, data: TemplateData): string {
  const value = actionValue(code, data);
  if (value.unsupported !== undefined) {
    throw new GoTemplateError(template, value.unsupported);
  }
  return value.text;
}
