/** Where an attack says, for the verifier to read, that it has what it wants. */
export const readyFile = '/run/starving';

/** For attacks: keeps `$words` where they can be read from outside. */
export const ready = `echo "$words" >${readyFile}.new; mv ${readyFile}.new ${readyFile}`;
