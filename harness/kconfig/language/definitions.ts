import { allOf, anyOf, type Expression } from './expression.ts';
import type {
  Default,
  KconfigChoice,
  KconfigSymbol,
  Place,
  Prompt,
  Range,
  SymbolLink,
  SymbolType,
} from './kconfig-tree.ts';

/** What is around a definition: menus, `if` and choices. */
export interface Surroundings {
  readonly dependsOn: Expression | undefined;
  /** From `visible if` of menus. */
  readonly visibleIf: Expression | undefined;
  readonly menus: readonly string[];
  /** The choice that members of it are directly in. */
  readonly choice: Definition | undefined;
}

/** What the lines below `config`, `menuconfig`, `choice`, `menu` or `comment` say, as it is read. */
export interface Definition {
  readonly place: Place;
  readonly around: Surroundings;
  type: SymbolType;
  readonly dependsOn: Expression[];
  readonly visibleIf: Expression[];
  readonly prompts: Prompt[];
  readonly defaults: Default[];
  readonly selects: SymbolLink[];
  readonly implies: SymbolLink[];
  readonly ranges: Range[];
  help: string | undefined;
  isModules: boolean;
  isOptional: boolean;
  /** Of a choice: the symbols in it. */
  readonly members: string[];
}

export function createDefinition(place: Place, around: Surroundings): Definition {
  return {
    place,
    around,
    type: 'unknown',
    dependsOn: [],
    visibleIf: [],
    prompts: [],
    defaults: [],
    selects: [],
    implies: [],
    ranges: [],
    help: undefined,
    isModules: false,
    isOptional: false,
    members: [],
  };
}

export function dependenciesOfDefinition(definition: Definition): Expression | undefined {
  return allOf([definition.around.dependsOn, ...definition.dependsOn]);
}

/** Members of a choice without a type have that of the choice, and the other way round. */
export function toChoice(definition: Definition, typeOfMembers: SymbolType): KconfigChoice {
  const dependsOn = dependenciesOfDefinition(definition);
  return {
    title: definition.prompts[0]?.text ?? '',
    type: definition.type === 'unknown' ? typeOfMembers : definition.type,
    prompts: promptsOf(definition),
    ...(dependsOn === undefined ? {} : { dependsOn }),
    defaults: definition.defaults,
    members: [...new Set(definition.members)],
    isOptional: definition.isOptional,
    place: definition.place,
  };
}

/** A symbol from all its definitions, of which there is at least one. */
export function toSymbol(
  name: string,
  definitions: readonly Definition[],
  choice: KconfigChoice | undefined,
): KconfigSymbol {
  const own = definitions.map(dependenciesOfDefinition);
  const dependsOn = anyOf(own);
  const help = definitions.find((one) => one.help !== undefined)?.help;
  const parts = <Part extends object, Key extends string>(
    partsOf: (definition: Definition) => readonly Part[],
    key: Key,
  ): readonly Part[] => {
    if (definitions.length === 1) return definitions.flatMap(partsOf);
    return definitions.flatMap((one, at) =>
      partsOf(one).map((part) => withCondition(part, key, own[at])),
    );
  };
  const type = definitions.find((one) => one.type !== 'unknown')?.type ?? choice?.type ?? 'unknown';
  return {
    name,
    type,
    prompts: parts(promptsOf, 'visibleIf'),
    ...(dependsOn === undefined ? {} : { dependsOn }),
    defaults: parts((one) => one.defaults, 'condition'),
    selects: parts((one) => one.selects, 'condition'),
    implies: parts((one) => one.implies, 'condition'),
    ranges: parts((one) => one.ranges, 'condition'),
    ...(choice === undefined ? {} : { choice }),
    menus: definitions[0]?.around.menus ?? [],
    places: definitions.map((one) => one.place),
    ...(help === undefined ? {} : { help }),
    isModules: definitions.some((one) => one.isModules),
  };
}

function promptsOf({ prompts, around }: Definition): readonly Prompt[] {
  if (around.visibleIf === undefined) return prompts;
  return prompts.map((prompt) => withCondition(prompt, 'visibleIf', around.visibleIf));
}

/** The part, if this holds, too. */
function withCondition<Part extends object, Key extends string>(
  part: Part,
  key: Key,
  more: Expression | undefined,
): Part {
  const condition = allOf([more, (part as { readonly [K in Key]?: Expression })[key]]);
  return condition === undefined ? part : { ...part, [key]: condition };
}
