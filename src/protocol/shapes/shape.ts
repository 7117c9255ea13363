/**
 * What a shape is: a value in a request as data, with its bounds. Tables of input shapes are typed over the inputs of their
 * operations, so the compiler counts operations and members.
 */

/** A regular expression as AWS prints it and as it is applied (to the whole value). */
export interface Pattern {
  readonly text: string;
  readonly whole: RegExp;
}

export interface StringShape {
  readonly type: 'string';
  readonly required?: boolean;
  /** Length in characters (code points). */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: Pattern;
  readonly values?: readonly string[];
}
export interface BlobShape {
  readonly type: 'blob';
  readonly required?: boolean;
  /** Length in bytes, decoded. */
  readonly max: number;
}
export interface IntegerShape {
  readonly type: 'integer';
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
}
export interface DoubleShape {
  readonly type: 'double';
  readonly required?: boolean;
  readonly min: number;
  readonly max: number;
}
export interface ScalarShape {
  readonly type: 'boolean' | 'timestamp';
  readonly required?: boolean;
}
export interface ListShape {
  readonly type: 'list';
  readonly required?: boolean;
  readonly min: number;
  readonly max: number;
  readonly member: Shape;
}
export interface MapShape {
  readonly type: 'map';
  readonly required?: boolean;
  readonly min: number;
  readonly max: number;
  readonly key: StringShape;
  readonly value: StringShape;
}
export interface StructureShape {
  readonly type: 'structure';
  readonly required?: boolean;
  readonly members: Readonly<Record<string, Shape>>;
}
/** The shape of a value in a request. */
export type Shape =
  | StringShape
  | BlobShape
  | IntegerShape
  | DoubleShape
  | ScalarShape
  | ListShape
  | MapShape
  | StructureShape;

/** A shape for every operation of a group, each with every member of its input. */
export type InputShapes<Group> = {
  readonly [O in keyof Group]: Group[O] extends { input: infer I }
    ? StructureShape & { readonly members: { readonly [M in keyof Required<I>]: Shape } }
    : never;
};

/** A pattern of the model, which has to match the whole value; or a wider one, which is called by the model's. */
export function pattern(text: string, wider = text): Pattern {
  // Classes of Unicode characters are understood with the flag alone, under which the patterns of Kinesis are malformed.
  return { text, whole: new RegExp(`^(?:${wider})$`, text.includes('\\p{') ? 'u' : '') };
}
