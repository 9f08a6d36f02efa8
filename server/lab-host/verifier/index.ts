/**
 * The verifier: answers typed questions about a lab from outside it, through the compiled helper in `helper/`.
 * It moves the helper's bytes and knows the shape of none of them; `server/verify` parses them elsewhere.
 */
export { createVerifier, type Verifier, type VerifierOptions } from './verifier.ts';
export { openLabHandles, type LabHandles, type LabHandlesOptions } from './lab-handles.ts';
