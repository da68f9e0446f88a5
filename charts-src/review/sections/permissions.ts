import { markup, type Content, type Markup } from '../markup';
import type { Grantee, Permission } from '../permissions';
import { badge, rows, type Section, table } from '../section';

/** Verbs with a column of their own; all others share one. */
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** Who may do what: one matrix for each environment. */
export function permissionsSection(
  environments: readonly { readonly name: string; readonly grantees: readonly Grantee[] }[],
): Section {
  const columns = [
    { title: 'Resource' },
    { title: 'Scope' },
    ...verbs.map((title) => ({ title, className: 'verb' })),
    { title: 'other' },
    { title: 'By' },
    { title: 'To ask about' },
  ];
  const matrices = environments.map(({ name, grantees }) =>
    table(
      `Permissions in ${name}`,
      columns,
      grantees.map((grantee) => granteeRows(grantee, columns.length)),
    ),
  );
  return {
    id: 'permissions',
    title: 'Who may do what',
    body: markup`<p>Rules of the rendered roles, for those that the rendered bindings name. A rule for the whole cluster says
so; one limited to objects by name shows the names.</p>
${matrices}`,
  };
}

function granteeRows({ subject, workloads, permissions, foreignRoles }: Grantee, width: number): Markup {
  const used = workloads.length === 0 ? '' : `pods of ${workloads.join(', ')}`;
  const heading: Content =
    subject === undefined
      ? markup`Nobody here <span class="quiet">roles for others to bind</span>`
      : markup`${subject} <span class="quiet">${used}</span>`;
  const foreign = foreignRoles.map(
    (role) => markup`<tr><td colspan="${width}">whatever ${role} allows, which is rendered elsewhere</td></tr>
`,
  );
  const none =
    permissions.length + foreignRoles.length > 0
      ? undefined
      : markup`<tr><td colspan="${width}" class="quiet">nothing</td></tr>
`;
  return rows([
    markup`<tr class="group"><th scope="rowgroup" colspan="${width}">${heading}</th></tr>
`,
    ...permissions.map(permissionRow),
    ...foreign,
    none,
  ]);
}

function permissionRow(permission: Permission): Markup {
  const { group, resource, namespace, names, role, risks } = permission;
  const others = permission.verbs.filter((verb) => !verbs.includes(verb));
  const scope = namespace === undefined ? badge('plain', 'cluster') : namespace;
  const groupText = group === '' ? undefined : markup` <span class="quiet">${group}</span>`;
  const only = names.length === 0 ? undefined : markup`<br><span class="quiet">only ${names.join(', ')}</span>`;
  const level = risks.some(({ level }) => level === 'high') ? 'high' : risks.length > 0 ? 'notice' : 'none';
  const asks = risks.map((risk) => markup`<div>${badge(risk.level, risk.level)} ${risk.meaning}</div>`);
  return markup`<tr class="risk-${level}"><th scope="row" class="name">${resource}${groupText}${only}</th><td>${scope}</td>${verbs.map(
    (verb) =>
      permission.verbs.includes(verb) || permission.verbs.includes('*')
        ? markup`<td class="verb"><span aria-label="${verb}">✓</span></td>`
        : markup`<td class="verb"></td>`,
  )}<td>${others.join(', ')}</td><td class="quiet">${role}</td><td>${asks}</td></tr>
`;
}
