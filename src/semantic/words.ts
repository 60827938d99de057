/**
 * The words that the guard and the rules of eligibility know, in lower case. They are English: what they leave out can let a
 * wrong answer through, what they hold too much only costs hits.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** They carry no meaning of their own, or none that another list does not know. */
export const FILLERS = words(`
  a an the of in on at by to from for with as into onto about and or but if then than so that this these those there
  is am are was were be been being do does did doing done have has had having can could would will shall should may might must
  i me you he him she her it its they them we us your his their theirs hers one
  what which who whom whose where when why how
  please kindly hi hello hey thanks thank just also too very really some any
`);

/** Without a meaning of their own before `me` and `us`. */
export const POLITE = words('tell give show let');

/** Words that few other languages have: a text without them may not be English. */
export const ENGLISH = words(`
  the what which who where when why how does did are were could should would with about and
  explain describe tell between
`);

/** Capitalised at the head of a sentence they are no names. */
export const OPENERS = words(`
  tell give show let explain describe list write compare summarize summarise define translate convert calculate compute create make find
  suggest recommend generate provide outline discuss name identify help rewrite fix solve analyze analyse draft state
  difference steps ways way tips reasons examples example best good new many most use using need want
`);

/** Asked on another day or by another person, the same words want another answer. */
export const TIME_OR_USER = words(`
  now today tonight tomorrow yesterday current currently latest newest recent recently lately nowadays upcoming ago
  my mine myself our ours ourselves im ive here nearby
`);

/** With one of `PERIODS` after them they mean a time. */
export const POINTERS = words('this next last past coming');
export const PERIODS = words(`
  second minute hour day morning afternoon evening night week weekend month quarter season year decade
  seconds minutes hours days weeks months years
`);

/** Each turns what is said around it into its opposite. `n't` is read as `not`. */
export const NEGATIONS = words(`
  not no never none neither nor nothing nobody nowhere without except excluding exclude excludes unless cannot
  hardly barely rarely seldom avoid avoids avoiding lack lacks lacking non minus
  dont cant wont isnt arent doesnt didnt wasnt werent shouldnt wouldnt couldnt hasnt havent
`);

/** How and what it is asked for. */
export const QUESTIONS = words('what which who whom whose where when why how');
/** After `how` they make another question of it. */
export const MEASURES = words('many much long often far old tall big fast high deep large soon late well');

/** Said or left out, they make another question of it. */
export const TURNING = words(`
  or all every each only always sometimes often usually must should optional required
  more less most least fewer few greater lower higher lowest highest max min maximum minimum best worst better worse
  before after above below over under against up down left right top bottom first last inside outside
  safe dangerous legal free hot cold warm cool old new young long short tall early late same different
  single married male female daily weekly monthly quarterly yearly annual hourly domestic international
  public private positive negative even odd north south east west
  from into than by if he him his she her hers was were did had will
`);

export const UNITS = words(`
  percent percentage km kilometer kilometre meter metre cm centimeter mm millimeter mile yard foot feet inch inches
  kg kilogram gram mg milligram ton tonne pound lb lbs ounce oz stone liter litre ml milliliter gallon pint cup
  tablespoon teaspoon celsius fahrenheit kelvin degree usd eur gbp jpy dollar euro yen rupee yuan bitcoin
  ms millisecond second sec minute min hour hr day week month quarter year decade century
  bit byte kb mb gb tb kib mib gib watt kilowatt volt ampere joule calorie kcal hertz mph kph knot acre hectare
`);

/** Names without a capital letter, as people type them. `may`, `march`, `sun` and `sat` are mostly something else. */
export const DATES = words(`
  january february april june july august september october november december
  jan feb apr jun jul aug sep sept oct nov dec
  monday tuesday wednesday thursday friday saturday sunday
  christmas easter halloween thanksgiving ramadan
`);

/** Each line is taken for one word, its first: nobody means another thing by it, whatever it is about. */
export const SYNONYMS: readonly (readonly string[])[] = `
  was were
  he him his
  she her hers
  fix repair mend
  buy purchase
  begin start commence
  end finish
  delete remove erase
  quick quickly fast rapid rapidly
  big large
  small little
  car automobile
  film movie
  doctor physician
  picture photo photograph image
  way method approach
  error mistake
  choose select pick
  show display
  make create
  change modify alter
  use utilize utilise
  explain describe
  meaning definition
  difference distinction
  benefit advantage
  drawback disadvantage
  summarize summarise
  color colour
  favorite favourite
  organize organise
  center centre
  phone telephone
  bike bicycle
  tv television
  ad advertisement
  info information
  app application
  config configuration
`
  .trim()
  .split('\n')
  .map((line) => line.trim().split(' '));

/** `one` is left out: it is mostly no number ("which one"). */
export const NUMBERS: ReadonlyMap<string, string> = new Map([
  ...'two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, at): [string, string] => [word, String(at + 2)]),
  ['zero', '0'],
  ['thirty', '30'],
  ['forty', '40'],
  ['fifty', '50'],
  ['sixty', '60'],
  ['seventy', '70'],
  ['eighty', '80'],
  ['ninety', '90'],
  ['hundred', '100'],
  ['thousand', '1000'],
  ['million', '1000000'],
  ['billion', '1000000000'],
  ['dozen', '12'],
  ['half', '0.5'],
  ['twice', '2x'],
  ['double', '2x'],
  ['triple', '3x'],
  ['third', '3rd'],
  ['fourth', '4th'],
  ['fifth', '5th'],
]);
