import { expect } from 'chai';
import { FORMAT_NAMES } from '../reporters/format.ts';
import { loadFormat } from '../reporters/formats.ts';
import { renderReportHelp } from './report-help.ts';

describe('the help of kmx report', () => {
  it('says of each format which file it writes, and what it is for', async () => {
    const [, list = ''] =
      /^Formats and their files:\n((?: {2}\S.*\n)+)/m.exec(renderReportHelp()) ?? [];
    const formats = await Promise.all(FORMAT_NAMES.map(loadFormat));
    expect(
      list
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/)),
    ).to.deep.equal(formats.map(({ name, file, description }) => [name, file, description]));
  });
});
