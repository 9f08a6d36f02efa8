/** Expressive Code plugin: a shell block marked `run` gets a button that types it into the terminal. */
import { definePlugin } from '@astrojs/starlight/expressive-code';
import { h } from '@astrojs/starlight/expressive-code/hast';

export function runBlocks() {
  return definePlugin({
    name: 'drydock-run',
    hooks: {
      preprocessMetadata: ({ codeBlock }) => {
        if (codeBlock.metaOptions.getBoolean('run')) codeBlock.props['frame'] = 'code';
      },
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
