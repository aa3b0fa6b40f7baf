import fc from 'fast-check';

const WORDS = [
  'config A',
  'config B',
  'menuconfig C',
  'choice',
  'endchoice',
  'menu "m"',
  'endmenu',
  'if A',
  'endif',
  'source "Kconfig"',
  'bool',
  'tristate "t"',
  'int',
  'default',
  'y',
  'm',
  'depends on',
  'select B',
  'imply C',
  'range 1 10',
  'help',
  'visible if',
  'modules',
  'option',
  'A',
  'B',
  '&&',
  '||',
  '!',
  '=',
  '!=',
  '<',
  '(',
  ')',
  '"',
  "'",
  '\\',
  '$(',
  '$(shell,x)',
  ',',
  '#',
  'x :=',
  'x +=',
  'x =',
  '$(x)',
  '0x10',
  '-1',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '\u001b[31m',
  'é',
];

/** Lines of the Kconfig language in disorder, with whatever else a file may have. */
export const anyHostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ unit: 'binary' })),
    {
      maxLength: 60,
    },
  )
  .chain((words) =>
    fc
      .array(fc.constantFrom(' ', '\n', '\n  ', ''), {
        minLength: words.length,
        maxLength: words.length,
      })
      .map((gaps) => words.map((word, at) => word + (gaps[at] ?? '')).join('')),
  );
