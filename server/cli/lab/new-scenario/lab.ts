import { defineLab, goal, guard, outcome } from '../../define-lab.ts';

export default defineLab({
  title: 'The web page of SLUG does not come up',
  minutes: 10,
  difficulty: 'easy',
  tags: ['logs'],
  objectives: ['Find out from its log why a container ended'],
  curriculum: ['S1-1'],
  hold: { container: 'web' },
  hints: [
    { text: 'Is the container there, and what state is it in?' },
    { text: 'A program that ends has usually said why.' },
    { text: 'The last line of the log names a file. Who reads it, and what stands in it?' },
  ],
  checks: [
    goal('answers', 'The page answers', async (lab) => {
      const { status, error } = await lab.http('http://127.0.0.1:8080/');
      return outcome(
        status === 200,
        status === 0 ? error : `HTTP ${String(status)}`,
        'HTTP 200 on port 8080 of this host',
      );
    }),
    guard('not-privileged', 'The container has no extra rights', async (lab) => {
      const web = await lab.docker.container('web');
      return outcome(
        web !== undefined && !web.privileged,
        web ? `privileged: ${String(web.privileged)}` : 'no container web',
        'a container web without privileges',
      );
    }),
  ],
});
