/** The course's chapters in order: what the sidebar, the catalogue and the landing pages call them. */
import type { Chapter } from '../../server/protocol/ids.ts';

export interface ChapterInfo {
  id: Chapter;
  title: string;
  /** One sentence: what a reader can do after it. */
  teaches: string;
}

export const courseChapters: readonly ChapterInfo[] = [
  {
    id: 'overview',
    title: 'Containers and Docker',
    teaches:
      'What a container is to the kernel, who its PID 1 is, and what an exit code tells you.',
  },
  {
    id: 'install',
    title: 'Installing Docker',
    teaches:
      'Get an engine running, and get one back that no longer starts: daemon.json, units, sockets, TLS.',
  },
  {
    id: 'images',
    title: 'Images and builds',
    teaches:
      'Read a Dockerfile as the builder does: layers, cache, context, and what ends up in the image.',
  },
  {
    id: 'services',
    title: 'Services and compose',
    teaches:
      'Bring up several containers that need each other, in the right order, and find the one that lies.',
  },
  {
    id: 'moving',
    title: 'Moving images',
    teaches:
      'Names, tags, digests, registries with certificates, and archives for hosts without a network.',
  },
  {
    id: 'running',
    title: 'Running containers',
    teaches:
      'Limits, restart policies, logs and privileges: keep a container alive without giving it the host.',
  },
  {
    id: 'networking',
    title: 'Networking',
    teaches:
      'Follow a packet from a container through bridge, rules and DNS, and see where it stops.',
  },
  {
    id: 'kubernetes',
    title: 'Kubernetes',
    teaches:
      'Go from a symptom to its cause: pods, probes, services, storage, and the control plane below.',
  },
  {
    id: 'volumes',
    title: 'Volumes and storage',
    teaches: 'Keep data when containers go: mounts, permissions, backups, and disks that are full.',
  },
  {
    id: 'cloud',
    title: 'Cloud and rollouts',
    teaches:
      'Run services on many hosts, replace them without a gap, and go back when it was a mistake.',
  },
];

const byId = new Map(
  courseChapters.map((chapter, index) => [chapter.id, { ...chapter, number: index + 1 }]),
);

export function chapterInfo(id: Chapter): ChapterInfo & { number: number } {
  const info = byId.get(id);
  if (!info) throw new Error(`Chapter ${id} has no title. Add it to src/lib/chapters.ts.`);
  return info;
}
