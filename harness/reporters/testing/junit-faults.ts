import { readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';

const XSD = readFileSync(new URL('../testdata/junit.xsd', import.meta.url), 'utf8');

/** What a strict reader objects to in a junit.xml. */
export async function faultsOf(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    schema: [XSD],
  });
  return errors.map(({ message }) => message);
}
