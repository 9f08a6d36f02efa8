/** What is known of a lab only while this process runs. */

export interface LabNotes {
  /** Full checks and holds under way. */
  checking: boolean;
  /** Listening TCP ports, as last seen. */
  ports: readonly number[];
  /** When somebody last typed, looked or checked; milliseconds since 1970. */
  activeAt: number;
  /** Pages and tools that look at it now. */
  viewers: number;
  /** The learner was told that the time runs out. */
  warned: boolean;
  /** What the page was last told about the solution. */
  solutionDue: boolean;
}

export interface NoteBook {
  of: (id: string) => LabNotes;
  forget: (id: string) => void;
}

export function createNoteBook(now: () => number): NoteBook {
  const notes = new Map<string, LabNotes>();
  return {
    of: (id) => {
      const known = notes.get(id) ?? emptyNotes(now());
      notes.set(id, known);
      return known;
    },
    forget: (id) => void notes.delete(id),
  };
}

function emptyNotes(now: number): LabNotes {
  return {
    checking: false,
    ports: [],
    activeAt: now,
    viewers: 0,
    warned: false,
    solutionDue: false,
  };
}
