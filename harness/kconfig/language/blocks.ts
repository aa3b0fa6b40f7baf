import {
  createDefinition,
  type Definition,
  dependenciesOfDefinition,
  type Surroundings,
} from './definitions.ts';
import { allOf, type Expression } from './expression.ts';
import type { Place } from './kconfig-tree.ts';
import { SyntaxFault } from './token-reader.ts';

/** The words that begin and end what other definitions are in. */
export type BlockKind = 'menu' | 'if' | 'choice';

interface Block {
  readonly kind: BlockKind;
  readonly definition: Definition;
  readonly title: string;
  /** Known once something is in it: until then, lines may add to its dependencies. */
  inside: Surroundings | undefined;
}

/** Linux 6.12 has 9. */
const DEPTH_MAX = 64;

const NOTHING_AROUND: Surroundings = {
  dependsOn: undefined,
  visibleIf: undefined,
  menus: [],
  choice: undefined,
};

/** The menus, choices and `if` that are open. */
export class Blocks {
  readonly #open: Block[] = [];

  get depth(): number {
    return this.#open.length;
  }

  get innermost(): { readonly kind: BlockKind; readonly place: Place } | undefined {
    const block = this.#open.at(-1);
    return block && { kind: block.kind, place: block.definition.place };
  }

  /** What is around a definition that begins now. */
  get surroundings(): Surroundings {
    const block = this.#open.at(-1);
    if (block === undefined) return NOTHING_AROUND;
    block.inside ??= surroundingsIn(block);
    return block.inside;
  }

  begin(kind: BlockKind, place: Place, title = '', condition?: Expression): Definition {
    if (this.#open.length === DEPTH_MAX) {
      throw new SyntaxFault(`expected at most ${DEPTH_MAX} menus, choices and ifs in each other`);
    }
    const definition = createDefinition(place, this.surroundings);
    if (condition !== undefined) definition.dependsOn.push(condition);
    this.#open.push({ kind, definition, title, inside: undefined });
    return definition;
  }

  /** `floor` are those that were open when the file began: they end where they began. */
  end(kind: BlockKind, floor: number): void {
    const block = this.#open.at(-1);
    if (block?.kind !== kind || this.#open.length <= floor) {
      throw new SyntaxFault(`found end${kind} without a ${kind} that is open`);
    }
    this.#open.pop();
  }

  closeTo(floor: number): void {
    this.#open.length = floor;
  }
}

function surroundingsIn({ kind, definition, title }: Block): Surroundings {
  const { around } = definition;
  return {
    dependsOn: dependenciesOfDefinition(definition),
    visibleIf: allOf([around.visibleIf, ...definition.visibleIf]),
    menus: kind === 'menu' ? [...around.menus, title] : around.menus,
    choice: kind === 'choice' ? definition : kind === 'if' ? around.choice : undefined,
  };
}
