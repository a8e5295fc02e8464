import { useEffect, useId, useRef, useState } from 'react';
import type { ToolsPack } from '../../worker/bundle-api.ts';
import { createBundles } from '../../worker/bundle-client.ts';
import { FileButton } from '../bundles/file-button.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { VerdictBadge } from '../parts/verdict.tsx';
import { useStudio } from '../state/context.ts';
import { createPack } from '../state/pack-actions.ts';
import form from '../parts/form.module.css';
import styles from './tools-dialog.module.css';

/** What the list that was given amounts to. */
type Looked =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'pack'; readonly pack: ToolsPack };

/** A pack for what stands in the text, looked at in the worker whenever it changes. */
function useToolsPack(name: string, list: string): Looked {
  const [bundles] = useState(() => createBundles());
  const [looked, setLooked] = useState<Looked>({ kind: 'nothing' });
  const turn = useRef(0);
  useEffect(
    () => () => {
      bundles.stop();
    },
    [bundles],
  );
  useEffect(() => {
    turn.current += 1;
    const mine = turn.current;
    void (async () => {
      const made = list.trim() === '' ? undefined : await bundles.packFromTools(name, list);
      // What was typed since is what counts.
      if (mine !== turn.current) return;
      if (made === undefined) setLooked({ kind: 'nothing' });
      else if (made.ok) setLooked({ kind: 'pack', pack: made.value });
      else setLooked({ kind: 'problem', message: made.error.message });
    })();
  }, [bundles, name, list]);
  return looked;
}

/** How many tools the rules to begin with allow, defer and deny. */
function Proposal({ pack }: { readonly pack: ToolsPack }) {
  return (
    <>
      <ul className={styles['proposal']} aria-label="What the rules to begin with say">
        {(['ALLOW', 'DEFER', 'DENY'] as const).map((verdict) => (
          <li key={verdict}>
            <VerdictBadge mark={verdict} />
            <span className={styles['count']}>{pack.proposed[verdict]}</span>
          </li>
        ))}
      </ul>
      {pack.notes.map((note) => (
        <p key={note} className={styles['note']}>
          {note}
        </p>
      ))}
    </>
  );
}

/** Makes a pack from what an MCP server answers to tools/list. */
export function ToolsDialog({ onClose }: { readonly onClose: () => void }) {
  const studio = useStudio();
  const id = useId();
  const [name, setName] = useState('tools');
  const [list, setList] = useState('');
  const [making, setMaking] = useState(false);
  const looked = useToolsPack(name, list);
  const make = async (pack: ToolsPack) => {
    setMaking(true);
    const made = await createPack(studio, name.trim(), pack.files);
    setMaking(false);
    if (made) onClose();
  };
  const take = (file: File | undefined) => {
    if (file !== undefined) void file.text().then(setList);
  };
  return (
    <Dialog
      title="New pack from MCP tools"
      description="Each tool becomes an action with typed arguments. The rules to begin with refuse what destroys and defer what reaches outside; every tool gets scenarios. What a tool says about itself is its server’s word."
      onClose={onClose}
    >
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (looked.kind === 'pack') void make(looked.pack);
        }}
      >
        <label className={styles['label']} htmlFor={`${id}-name`}>
          Name
        </label>
        <input
          id={`${id}-name`}
          className={form['input']}
          value={name}
          maxLength={100}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <label className={styles['label']} htmlFor={`${id}-list`}>
          The server’s answer to <code>tools/list</code>
        </label>
        <textarea
          id={`${id}-list`}
          className={`${form['input'] ?? ''} ${styles['list'] ?? ''}`}
          rows={9}
          value={list}
          spellCheck={false}
          placeholder={PLACEHOLDER}
          aria-invalid={looked.kind === 'problem'}
          aria-describedby={`${id}-looked`}
          onChange={(event) => {
            setList(event.target.value);
          }}
          onDrop={(event) => {
            const [file] = event.dataTransfer.files;
            // Text that is dropped the browser inserts by itself.
            if (file === undefined) return;
            event.preventDefault();
            take(file);
          }}
        />
        <div id={`${id}-looked`} className={styles['looked']} role="status">
          {looked.kind === 'nothing' ? (
            <p className={styles['hint']}>
              Paste it, drop a file, or let <code>stage0 import mcp</code> ask the server.
            </p>
          ) : null}
          {looked.kind === 'problem' ? <p className={styles['problem']}>{looked.message}</p> : null}
          {looked.kind === 'pack' ? <Proposal pack={looked.pack} /> : null}
        </div>
        <div className={styles['actions']}>
          <FileButton
            label="Choose a file with the list of tools"
            accept=".json,application/json"
            onFiles={(files) => {
              take(files[0]);
            }}
          >
            Choose a file…
          </FileButton>
          <span className={styles['space']} />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            tone="primary"
            disabled={looked.kind !== 'pack' || name.trim() === '' || making}
          >
            Make the pack
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const PLACEHOLDER = '{"tools": [{"name": "read_file", "inputSchema": {…}}]}';
