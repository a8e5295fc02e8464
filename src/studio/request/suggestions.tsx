/** What the pack is known to say in a field, offered by the browser while it is typed in. */
export function Suggestions({
  id,
  values,
}: {
  readonly id: string;
  readonly values: readonly string[];
}) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value}>
          {value}
        </option>
      ))}
    </datalist>
  );
}
