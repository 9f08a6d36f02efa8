/** Expressive Code plugins: what the course's code blocks can do beyond being read. */
import { definePlugin } from '@astrojs/starlight/expressive-code';
import { h, select } from '@astrojs/starlight/expressive-code/hast';

/** A shell block marked `run` gets a button that types it into the terminal. */
export function runButton() {
  return definePlugin({
    name: 'drydock-run',
    hooks: {
      postprocessRenderedBlock: ({ codeBlock, renderData }) => {
        if (!codeBlock.metaOptions.getBoolean('run')) return;
        renderData.blockAst.children.push(
          h('button', { type: 'button', className: ['run-block'], 'data-run': codeBlock.code }, [
            'Run in the terminal',
          ]),
        );
      },
    },
  });
}

/** Long lines scroll, so a block takes the focus from the start; Expressive Code's script takes it back where none does. */
export function focusableCode() {
  return definePlugin({
    name: 'drydock-focusable-code',
    hooks: {
      postprocessRenderedBlock: ({ renderData }) => {
        const pre = select('pre', renderData.blockAst);
        if (pre) pre.properties['tabIndex'] = 0;
      },
    },
  });
}
