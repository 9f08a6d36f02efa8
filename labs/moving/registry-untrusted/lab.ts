import type { ImageView, Json, JsonObject, LabView, Outcome } from '../../define-lab.ts';
import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import { fieldsOf, stringOf } from '../../_shared/json-fields.ts';
import { runningContainers } from '../../_shared/published-on.ts';

const registry = 'registry.lab:5443';
const address = '10.77.0.10';
const repository = `${registry}/harbour/kiosk`;
const certsDir = `/etc/docker/certs.d/${registry}`;
const storage = '/srv/registry/data/docker/registry/v2';

export default defineLab({
  title: 'Release 7 of the kiosk cannot be pulled',
  minutes: 12,
  difficulty: 'medium',
  tags: ['registry', 'tls', 'certificates', 'pull'],
  objectives: [
    'Tell an untrusted registry certificate from a wrong, an expired and a missing one',
    'Give the engine a private certificate authority for exactly one registry, by name and port',
    'Prove by its digest that an image came from the registry',
  ],
  curriculum: ['S5-09', 'B15-2', 'A19-2'],
  hold: 'engine',
  hints: [
    {
      text: 'It is the engine that opens the connection, and it says what it missed: not an address, not a password. Look at the certificate that the registry shows: for which name, until when, and who signed it.',
    },
    {
      text: 'This host trusted that signer before: release 6 was pulled with its help. Find out where the engine keeps what it trusts for a registry, and how it knows which registry a file there is for.',
    },
    {
      text: 'The engine looks in `/etc/docker/certs.d` for a directory that is called exactly as the registry is in the image’s name, all of it up to the first slash. Compare the two, letter by letter.',
      when: async (lab) =>
        (await certificatesOfRegistry(lab)).length === 0 && (await untrusted(lab)),
    },
    {
      text: 'There is a certificate for this registry now, but what the registry sends does not check out by it. Compare its subject with the issuer of the registry’s certificate. Of the files in that directory the engine takes those that end in `.crt` for authorities.',
      when: async (lab) => (await lab.list(certsDir)) !== undefined && (await untrusted(lab)),
    },
    {
      text: 'The system’s own store has got a certificate, and the engine does not go by it yet. When does a program read that store?',
      when: async (lab) =>
        (await names(lab, '/usr/local/share/ca-certificates')).length > 0 && (await untrusted(lab)),
    },
    {
      text: 'To an insecure registry the engine talks without checking who answers. Anybody on the way could hand you a kiosk. Let it check the certificate instead.',
      when: async (lab) => !(await notInsecure(lab)).pass,
    },
    {
      text: 'The registry can be checked now. What runs is still the old image: deploy release 7 as `/srv/kiosk/compose.yaml` names it.',
      when: async (lab) => !(await untrusted(lab)) && !(await served(lab)).pass,
    },
  ],
  checks: [
    goal('trusted', `The engine can check the certificate of ${registry}`, trusted),
    goal('pulled', `Release 7 was pulled from ${registry}`, pulled),
    goal('served', 'The kiosk on port 8080 runs the release 7 that was pulled', served),
    guard('not-insecure', 'No registry outside this host is exempt from the check', notInsecure),
    guard('registry-tls', `The registry speaks TLS at ${registry}`, speaksTls),
    guard('registry-data', 'The registry has kept its images', keepsData),
  ],
});

async function trusted(lab: LabView): Promise<Outcome> {
  const wanted = `a certificate, where the engine looks for it, that the one which ${registry} shows can be checked by`;
  const { status, body } = await askRegistry(lab);
  if (status !== 200) {
    const { message } = fieldsOf(body);
    return outcome(
      false,
      `the engine says: ${stringOf(message)}; ${await directories(lab)}`,
      wanted,
    );
  }
  const { pass, seen } = await notInsecure(lab);
  return pass
    ? outcome(true, `the engine has checked the certificate of ${registry}`, wanted)
    : outcome(false, `the engine gets through without a check; ${seen}`, wanted);
}

async function untrusted(lab: LabView): Promise<boolean> {
  return (await askRegistry(lab)).status !== 200;
}

/** Has the engine itself ask the registry, as for a pull: it alone knows where it looks for certificates. */
function askRegistry(lab: LabView): Promise<{ status: number; body: Json }> {
  return lab.docker.get(`/distribution/${repository}:7/json`);
}

async function certificatesOfRegistry(lab: LabView): Promise<string[]> {
  return (await names(lab, certsDir))
    .filter((name) => name.endsWith('.crt'))
    .map((name) => `${certsDir}/${name}`);
}

async function directories(lab: LabView): Promise<string> {
  const found = await names(lab, '/etc/docker/certs.d');
  return `/etc/docker/certs.d has ${found.length === 0 ? 'nothing' : found.join(', ')}`;
}

async function pulled(lab: LabView): Promise<Outcome> {
  const wanted = `an image on this host whose digest is the one that ${repository} has under tag 7`;
  const digest = await digestInRegistry(lab, 'harbour/kiosk', '7');
  if (digest === undefined)
    return outcome(false, 'the registry has no tag 7 of harbour/kiosk', wanted);
  const image = await lab.docker.image(`${repository}@${digest}`);
  if (image !== undefined) return outcome(true, `${repository}@${digest.slice(0, 19)}…`, wanted);
  const byTag = await lab.docker.image(`${repository}:7`);
  if (byTag === undefined) return outcome(false, `no image ${repository}:7 on this host`, wanted);
  const digests = repoDigests(byTag);
  const from = digests.length === 0 ? 'no registry' : digests.join(', ');
  return outcome(false, `${repository}:7 is the name of an image that comes from ${from}`, wanted);
}

function repoDigests(image: ImageView): string[] {
  const digests = image.raw['RepoDigests'];
  return Array.isArray(digests) ? digests.map(String) : [];
}

async function served(lab: LabView): Promise<Outcome> {
  const wanted =
    'http://localhost:8080/release says 7, from a container of the image that was pulled';
  const page = await lab.http('http://127.0.0.1:8080/release');
  if (page.status === 0)
    return outcome(false, `nobody answers on port 8080: ${page.error}`, wanted);
  const release = page.text.trim().slice(0, 80);
  if (page.status !== 200 || release !== '7') {
    return outcome(false, `the kiosk answers ${page.status} and release “${release}”`, wanted);
  }
  const digest = await digestInRegistry(lab, 'harbour/kiosk', '7');
  const image =
    digest === undefined ? undefined : await lab.docker.image(`${repository}@${digest}`);
  const runner = (await runningContainers(lab)).find(({ imageId }) => imageId === image?.id);
  if (runner === undefined)
    return outcome(false, 'release 7 is served, by no container of the pulled image', wanted);
  return outcome(true, `${runner.name} serves release 7 from ${runner.image}`, wanted);
}

async function notInsecure(lab: LabView): Promise<Outcome> {
  const wanted =
    'the engine exempts its own loopback addresses and nothing else, and registry.lab is none of those';
  const hosts = (await lab.file('/etc/hosts'))?.text ?? '';
  const loopback = /^[ \t]*(127\.\S+|::1)[ \t].*\bregistry\.lab\b/m.exec(hosts)?.[1];
  const exempt = [
    ...insecure(await lab.docker.info()),
    ...(loopback === undefined ? [] : [`registry.lab at ${loopback}`]),
  ];
  return exempt.length === 0
    ? outcome(true, 'only the loopback addresses are exempt', wanted)
    : outcome(false, `exempt from the check: ${exempt.join(', ')}`, wanted);
}

const loopbacks = ['127.0.0.0/8', '::1/128'];

function insecure(info: JsonObject): string[] {
  const { InsecureRegistryCIDRs: ranges, IndexConfigs: indexes } = fieldsOf(info['RegistryConfig']);
  const named = Object.entries(fieldsOf(indexes)).filter(
    ([, index]) => fieldsOf(index)['Secure'] === false,
  );
  const addresses = (Array.isArray(ranges) ? ranges.map(String) : []).filter(
    (range) => !loopbacks.includes(range),
  );
  return [...named.map(([name]) => name), ...addresses];
}

/** A server of TLS says so to a plain request; that holds whatever certificate it has. */
async function speaksTls(lab: LabView): Promise<Outcome> {
  const wanted = `a server of TLS, and no other, at ${address} port 5443`;
  const { status, text, error } = await lab.http(`http://${address}:5443/v2/`);
  if (status === 400 && /https/i.test(text))
    return outcome(true, 'it answers TLS and refuses plain HTTP', wanted);
  return outcome(
    false,
    status === 0 ? `no answer: ${error}` : `it answers ${status} to plain HTTP`,
    wanted,
  );
}

const stored = [
  ['harbour/kiosk', '6'],
  ['harbour/kiosk', '7'],
  ['harbour/tickets', '3'],
] as const;

async function keepsData(lab: LabView): Promise<Outcome> {
  const wanted = `${stored.map(([name, tag]) => `${name}:${tag}`).join(', ')} below /srv/registry`;
  const digests = await Promise.all(stored.map(([name, tag]) => digestInRegistry(lab, name, tag)));
  const gone = stored.filter((_, index) => digests[index] === undefined);
  if (gone.length === 0) return outcome(true, `${stored.length} images are there`, wanted);
  return outcome(false, `gone: ${gone.map(([name, tag]) => `${name}:${tag}`).join(', ')}`, wanted);
}

/** What a tag stands for, if the registry still has the manifest itself. */
async function digestInRegistry(
  lab: LabView,
  name: string,
  tag: string,
): Promise<string | undefined> {
  const link = await lab.file(
    `${storage}/repositories/${name}/_manifests/tags/${tag}/current/link`,
  );
  const digest = link?.text.trim() ?? '';
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined) return undefined;
  const manifest = await lab.file(`${storage}/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`, {
    maxBytes: 0,
  });
  return manifest === undefined || manifest.size === 0 ? undefined : digest;
}

async function names(lab: LabView, directory: string): Promise<string[]> {
  return ((await lab.list(directory)) ?? []).map(({ name }) => name);
}
