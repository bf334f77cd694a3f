import classes from "./Facts.module.css";

/** Names and values; rows without a value are left out. */
export function Facts({ rows }: { rows: readonly (readonly [string, string | null])[] }) {
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
