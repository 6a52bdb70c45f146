/** One module reference of a source file. */
export interface ModuleReference {
  /** The specifier as written; null when it is computed and cannot be read. */
  specifier: string | null;
  /** `static` covers import, export-from and side-effect imports, types included; `dynamic` covers `import()` in code and in types. */
  form: 'static' | 'dynamic' | 'require' | 'triple-slash';
  /** 1-based. */
  line: number;
}

type Token = { kind: 'word' | 'punctuation' | 'string' | 'other' | 'reference'; text: string; line: number };

const wordStart = /[\p{ID_Start}$_#]/u;
const wordPart = /[\p{ID_Continue}$\u200c\u200d]/u;

/** Words after which a slash begins a regular expression rather than a division. */
const beforeExpression = new Set(
  'return typeof instanceof in of new delete void throw case do else yield await default extends'.split(' '),
);

/**
 * Splits TypeScript source into the tokens that matter here. Comments vanish (but for triple-slash references), template text becomes one `other`
 * token with the expressions inside it scanned as code. Never loops: every step consumes at least one character.
 */
function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each open `${`, how many braces stand open inside it. */
  const templateDepths: number[] = [];
  let at = 0;
  let line = 1;

  const push = (kind: Token['kind'], text: string, from: number): void => {
    tokens.push({ kind, text, line: from });
  };
  const regexMayStart = (): boolean => {
    const last = tokens.at(-1);
    if (last === undefined) return true;
    if (last.kind === 'word') return beforeExpression.has(last.text);
    if (last.kind === 'punctuation') return !')]}'.includes(last.text);
    return false;
  };
  const skipTemplateText = (): void => {
    const from = line;
    while (at < source.length) {
      const character = source[at];
      if (character === '\\') at += 2;
      else if (character === '`') {
        at += 1;
        push('other', '`', from);
        return;
      } else if (character === '$' && source[at + 1] === '{') {
        at += 2;
        templateDepths.push(0);
        push('punctuation', '{', line);
        return;
      } else {
        if (character === '\n') line += 1;
        at += 1;
      }
    }
  };
  const skipRegularExpression = (): void => {
    let inClass = false;
    at += 1;
    while (at < source.length && source[at] !== '\n') {
      const character = source[at];
      at += character === '\\' ? 2 : 1;
      if (character === '[') inClass = true;
      else if (character === ']') inClass = false;
      else if (character === '/' && !inClass) break;
    }
  };

  while (at < source.length) {
    const character = source[at] ?? '';
    const next = source[at + 1];
    if (character === '\n') {
      line += 1;
      at += 1;
    } else if (/\s/.test(character)) at += 1;
    else if (character === '/' && next === '/') {
      const end = source.indexOf('\n', at);
      const comment = source.slice(at, end === -1 ? source.length : end);
      const reference = /^\/\/\/\s*<reference\s+(?:types|path|lib)\s*=\s*["']([^"']*)["']/.exec(comment);
      if (reference !== null) push('reference', reference[1] ?? '', line);
      at += comment.length;
    } else if (character === '/' && next === '*') {
      const end = source.indexOf('*/', at + 2);
      const comment = source.slice(at, end === -1 ? source.length : end + 2);
      line += comment.split('\n').length - 1;
      at += comment.length;
    } else if (character === '"' || character === "'") {
      const start = at;
      at += 1;
      while (at < source.length && source[at] !== character && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1;
      push('string', source.slice(start + 1, at), line);
      at += 1;
    } else if (character === '`') {
      at += 1;
      const close = /^[^`$\\]*`/.exec(source.slice(at));
      if (close === null) skipTemplateText();
      else {
        // A template without expressions is a string, and import() takes it.
        push('string', close[0].slice(0, -1), line);
        line += close[0].split('\n').length - 1;
        at += close[0].length;
      }
    } else if (character === '/' && regexMayStart()) {
      skipRegularExpression();
      push('other', '/', line);
    } else if (wordStart.test(character)) {
      const start = at;
      at += 1;
      while (at < source.length && wordPart.test(source[at] ?? '')) at += 1;
      push('word', source.slice(start, at), line);
    } else {
      const depth = templateDepths.at(-1);
      if (depth !== undefined && character === '}' && depth === 0) {
        templateDepths.pop();
        at += 1;
        push('punctuation', '}', line);
        skipTemplateText();
        continue;
      }
      if (depth !== undefined && character === '{') templateDepths[templateDepths.length - 1] = depth + 1;
      if (depth !== undefined && character === '}') templateDepths[templateDepths.length - 1] = depth - 1;
      push(/\d/.test(character) ? 'other' : 'punctuation', character, line);
      at += 1;
    }
  }
  return tokens;
}

/**
 * Every module reference of a TypeScript source: `import … from`, `import '…'`, `import type`, `export … from`, `import()` in code and in types,
 * `require()`, and triple-slash references. What stands in comments, strings and templates is no reference.
 */
export function moduleReferencesOf(source: string): ModuleReference[] {
  const tokens = tokensOf(source);
  const found: ModuleReference[] = [];
  const isPunctuation = (index: number, text: string): boolean => tokens[index]?.kind === 'punctuation' && tokens[index].text === text;
  const called = (index: number): string | null => {
    const argument = tokens[index + 2];
    const after = isPunctuation(index + 3, ')') || isPunctuation(index + 3, ',');
    return argument?.kind === 'string' && after ? argument.text : null;
  };

  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'reference') found.push({ specifier: token.text, form: 'triple-slash', line: token.line });
    if (token.kind !== 'word' || isPunctuation(index - 1, '.')) continue;
    const { line } = token;
    const next = tokens[index + 1];
    if (token.text === 'import' && next?.kind === 'string') found.push({ specifier: next.text, form: 'static', line });
    else if (token.text === 'import' && isPunctuation(index + 1, '(')) found.push({ specifier: called(index), form: 'dynamic', line });
    else if (token.text === 'require' && isPunctuation(index + 1, '(')) found.push({ specifier: called(index), form: 'require', line });
    else if (token.text === 'from' && next?.kind === 'string' && followsClause(tokens, index)) {
      found.push({ specifier: next.text, form: 'static', line });
    }
  }
  return found;
}

/** Whether the `from` at `index` ends an import or export clause: names, braces, commas and stars back to the keyword. */
function followsClause(tokens: readonly Token[], index: number): boolean {
  for (let back = index - 1; back >= 0; back -= 1) {
    const token = tokens[back];
    if (token === undefined) return false;
    if (token.kind === 'word' && (token.text === 'import' || token.text === 'export')) {
      const before = tokens[back - 1];
      return !(before?.kind === 'punctuation' && before.text === '.');
    }
    if (token.kind === 'punctuation' && !'{},*'.includes(token.text)) return false;
    if (token.kind === 'other' || token.kind === 'reference') return false;
  }
  return false;
}
