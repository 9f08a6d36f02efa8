/** A question could not be asked or its answer not understood: the check that wanted it is `unknown`. */
export class Unaskable extends Error {
  override readonly name = 'Unaskable';
}
