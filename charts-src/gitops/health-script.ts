import {
  type ConditionsRule,
  type HealthRule,
  type PhaseRule,
  type Progress,
  readyCondition,
} from '../../definitions/names/conditions';

/** How much a health check asks for. */
export interface HealthStrictness {
  /**
   * Asks for condition Ready to be True for the current generation, where Argo CD's own script takes any set of conditions
   * without a flaw.
   */
  readonly strict: boolean;
}

/**
 * A kind's health check as Argo CD runs it: Lua with the base and table libraries only. `string.format` and its like would turn
 * every object's health into Unknown.
 */
export function healthScript({ kind, rule }: HealthRule, { strict }: HealthStrictness): string {
  return `${linesOf(kind, rule, strict).join('\n')}\n`;
}

function linesOf(kind: string, rule: HealthRule['rule'], strict: boolean): readonly string[] {
  switch (rule.from) {
    case 'existence':
      return [`return { status = "Healthy", message = ${lua(`${kind} has no status`)} }`];
    case 'phase':
      return phaseScript(rule, strict);
    case 'conditions':
      return conditionsScript(rule, strict);
  }
}

/** Conditions only explain: a message of one that is False comes after the phase. */
function phaseScript({ healthy, resting, failed }: PhaseRule, strict: boolean): readonly string[] {
  const verdict = (words: readonly string[], status: string) =>
    `if ${words.map((word) => `phase == ${lua(word)}`).join(' or ')} then return { status = "${status}", message = note } end`;
  return [
    'local status = obj.status',
    'if status == nil or status.phase == nil then',
    '  return { status = "Progressing", message = "no phase reported yet" }',
    'end',
    ...(strict ? generationCheck : []),
    'local phase = status.phase',
    'local note = phase',
    'for _, condition in ipairs(status.conditions or {}) do',
    '  if note == phase and condition.status == "False" and condition.message ~= nil and condition.message ~= "" then',
    '    note = phase .. ": " .. condition.message',
    '  end',
    'end',
    verdict(failed, 'Degraded'),
    verdict(resting, 'Suspended'),
    verdict(healthy, 'Healthy'),
    'return { status = "Progressing", message = note }',
  ];
}

function conditionsScript(rule: ConditionsRule, strict: boolean): readonly string[] {
  return [
    'local status = obj.status',
    'if status == nil or status.conditions == nil then',
    '  return { status = "Progressing", message = "no conditions reported yet" }',
    'end',
    'local done, failed, notes = true, false, ""',
    'local function note(text)',
    '  if notes ~= "" then notes = notes .. "; " end',
    '  notes = notes .. text',
    'end',
    ...(strict ? generationCheck : []),
    ...(rule.progress === undefined ? [] : progressCheck(rule.progress)),
    ...(strict ? ['local ready = false'] : []),
    'for _, condition in ipairs(status.conditions) do',
    ...indented(conditionCheck(rule, strict)),
    'end',
    ...(strict ? ['if not ready then', '  done = false', `  note("${readyCondition} is not True")`, 'end'] : []),
    'if failed then return { status = "Degraded", message = notes } end',
    'if not done then return { status = "Progressing", message = notes } end',
    'return { status = "Healthy", message = "every condition holds" }',
  ];
}

const generationCheck = [
  'local generation = obj.metadata.generation',
  'if status.observedGeneration ~= nil and generation ~= nil and status.observedGeneration ~= generation then',
  '  return { status = "Progressing", message = "the status is about an older generation" }',
  'end',
];

function progressCheck({ path, done, underWay }: Progress): readonly string[] {
  return [
    'local word = status',
    `for _, name in ipairs({ ${path.map(lua).join(', ')} }) do`,
    '  if word ~= nil then word = word[name] end',
    'end',
    `if word ~= nil and ${done.map((name) => `word ~= ${lua(name)}`).join(' and ')} then`,
    `  if ${underWay.map((name) => `word == ${lua(name)}`).join(' or ')} then done = false else failed = true end`,
    `  note(${lua(`${path.join('.')} is `)} .. (word == "" and "empty" or word))`,
    'end',
  ];
}

function conditionCheck({ stopped, failedWhenFalse = [] }: ConditionsRule, strict: boolean): readonly string[] {
  const flaw = ['condition.status == "Unknown"', falseOf(stopped)].join(' or ');
  return [
    ...(stopped === undefined
      ? []
      : [
          `if condition.type == ${lua(stopped)} and condition.status == "True" then`,
          '  return { status = "Suspended", message = "stopped on purpose" }',
          'end',
        ]),
    ...(strict
      ? [`if condition.type == "${readyCondition}" and condition.status == "True" then ready = true end`]
      : []),
    `if ${flaw} then`,
    '  done = false',
    '  local text = condition.type .. " is " .. condition.status',
    '  if condition.reason ~= nil and condition.reason ~= "" then text = text .. ", " .. condition.reason end',
    '  if condition.message ~= nil and condition.message ~= "" then text = text .. ": " .. condition.message end',
    '  note(text)',
    'end',
    ...failedWhenFalse.map(
      (type) => `if condition.type == ${lua(type)} and condition.status == "False" then failed = true end`,
    ),
  ];
}

function falseOf(stopped: string | undefined): string {
  const isFalse = 'condition.status == "False"';
  return stopped === undefined ? isFalse : `(${isFalse} and condition.type ~= ${lua(stopped)})`;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** Names of kinds, conditions and words need no escapes beyond JSON's. */
function lua(text: string): string {
  return JSON.stringify(text);
}
