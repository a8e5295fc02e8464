/** The rules that a pack of tools begins with: one a group. */
import { GROUPS } from './groups.ts';

const PLAN = `// To begin with: what only looks and what adds may run, what destroys is refused, what reaches outside waits for a
// person. A tool that the schema does not know is refused, because nothing permits it.
//
@id("planning-is-free")
permit (
  principal,
  action == Action::"plan",
  resource
);
`;

const RULES: readonly (readonly [string, string])[] = [
  [
    GROUPS.looks,
    `@id("tools-that-only-look")
permit (
  principal,
  action in Action::"${GROUPS.looks}",
  resource
);
`,
  ],
  [
    GROUPS.changes,
    `@id("tools-that-change-something")
permit (
  principal,
  action in Action::"${GROUPS.changes}",
  resource
);
`,
  ],
  [
    GROUPS.destroys,
    `// Where a person may allow it, make this @verdict("DEFER") and say in \`unless\` what they have to say.
@id("destructive-tools-are-refused")
@issue("DESTRUCTIVE_TOOL")
@severity("HIGH")
@message("This tool may destroy what is there. Use one that only looks or only adds.")
@risk("60")
forbid (
  principal,
  action in Action::"${GROUPS.destroys}",
  resource
);
`,
  ],
  [
    GROUPS.reaches,
    `@id("open-world-tools-need-a-person")
@verdict("DEFER")
@issue("OPEN_WORLD_TOOL")
@message("This tool reaches systems outside. A person has to approve the call.")
@question("Who approved that this call leaves our own systems?")
@guardrail("approval_required")
@risk("30")
forbid (
  principal,
  action in Action::"${GROUPS.reaches}",
  resource
)
unless
{
  context has approval_status &&
  context.approval_status == "approved" &&
  context has approved_by &&
  context.approved_by != ""
};
`,
  ],
];

/** `used`: the groups that any of the tools is in. */
export function policiesOf(used: ReadonlySet<string>): string {
  const rules = RULES.filter(([group]) => used.has(group)).map(([, text]) => text);
  return [PLAN, ...rules].join('\n');
}
