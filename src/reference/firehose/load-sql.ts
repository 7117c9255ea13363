/**
 * The SQL that loads objects into a table, as a template: what Redshift is sent, or what somebody wrote for a database that stands in
 * for it. Names and options are set in as they are configured, URLs and contents as texts of SQL. A template that speaks of a
 * single object is written once for each, and all that comes of it is one command, so it holds or fails as a whole.
 */
import { suggestion } from '../../nearest.ts';
import { OperatorError } from '../../operator-error.ts';

/** What Redshift is sent (syntax: COPY in Redshift's guide; that Firehose writes it so is assumed). */
export const REDSHIFT_SQL = 'COPY {table} {columns} FROM {manifest} IAM_ROLE {role} MANIFEST {options}';

const places = ['table', 'columns', 'options', 'role', 'manifest', 'object', 'data'] as const;
type Place = (typeof places)[number];

/** What a template is filled with. */
export interface LoadValues {
  readonly table: string;
  /** Names with commas between; empty for all. */
  readonly columns: string;
  readonly options: string;
  /** The ARN of a role. */
  readonly role: string;
  /** The URL of the manifest, and those of the objects that it names, with what they hold where that is asked for. */
  readonly manifest: string;
  readonly objects: readonly { readonly url: string; readonly data: string }[];
}

/** A template that was read. */
export interface LoadSql {
  /** Whether it asks for what objects hold. */
  readonly wantsData: boolean;
  write(values: LoadValues): string;
}

/** Reads a template. Throws an OperatorError for one that names something else, or nothing that could be loaded. */
export function readLoadSql(text: string): LoadSql {
  const named = [...text.matchAll(PLACE)].map(([, name = '']) => name);
  const stranger = named.find((name) => !isPlace(name));
  if (stranger !== undefined) throw invalid(`{${stranger}} is nothing that it can be filled with`, stranger);
  const single = named.includes('object') || named.includes('data');
  if (!single && !named.includes('manifest'))
    throw invalid('it has none of {manifest}, {object} and {data}, so nothing would be loaded');
  return {
    wantsData: named.includes('data'),
    write({ table, columns, options, role, manifest, objects }) {
      const fixed = {
        table,
        columns: columns === '' ? '' : `(${columns})`,
        // AWS's own examples of options end with one.
        options: options.replace(/;\s*$/, ''),
        role: literal(role),
        manifest: literal(manifest),
      };
      if (!single) return fill(text, { ...fixed, object: '', data: '' });
      const each = objects.map(({ url, data }) => fill(text, { ...fixed, object: literal(url), data: literal(data) }));
      return each.join(';\n');
    },
  };
}

const PLACE = /\{(\w+)\}/g;

function fill(text: string, values: Readonly<Record<Place, string>>): string {
  return text.replaceAll(PLACE, (whole, name: string) => (isPlace(name) ? values[name] : whole)).trimEnd();
}

function isPlace(name: string): name is Place {
  return places.some((place) => place === name);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function invalid(fault: string, word?: string): OperatorError {
  return new OperatorError(`the SQL for Redshift cannot be used: ${fault}`, {
    code: 'redshift-sql-invalid',
    hint: word === undefined ? 'docs/firehose.md shows such a template.' : `Of ${word}: ${suggestion(word, places)}`,
  });
}
