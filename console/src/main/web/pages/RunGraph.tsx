import '@xyflow/react/dist/base.css';
import { Controls, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import { useMemo } from 'react';
import type { Run, RunStep } from '../api/views';
import { useTheme } from '../shell/theme';
import { compact, dollars } from '../ui/format';
import { StateLabel } from '../ui/StateLabel';
import { layers } from './layers';
import { took } from './RunSteps';

const COLUMN = 240;
const ROW = 116;
const WIDTH = 200;

type StepNode = Node<{ title: string; state: string; used: string }, 'step'>;

function arrange(run: Run): { nodes: StepNode[]; edges: Edge[]; rows: number } {
    const depths = layers(run.plan);
    const steps = new Map(run.steps.map((step) => [step.path, step]));
    const used = new Map<number, number>();
    const nodes = run.plan.map((step): StepNode => {
        const column = depths.get(step.id) ?? 0;
        const row = used.get(column) ?? 0;
        used.set(column, row + 1);
        const known = steps.get(step.id);
        return {
            id: step.id,
            type: 'step',
            position: { x: column * COLUMN, y: row * ROW },
            width: WIDTH,
            data: {
                title: step.title,
                state: known?.state ?? 'not begun',
                used: known === undefined ? '' : consumption(known),
            },
            draggable: false,
            connectable: false,
        };
    });
    const edges = run.plan.flatMap((step) =>
        step.depends_on.map((before) => ({ id: `${before}→${step.id}`, source: before, target: step.id })),
    );
    return { nodes, edges, rows: Math.max(1, ...used.values()) };
}

/** What a step took, in one line. */
function consumption(step: RunStep): string {
    const parts = step.finished_at === null ? [] : [took(step)];
    if (step.tokens > 0) {
        parts.push(`${compact(step.tokens)} tokens`);
    }
    if (step.cost_micro_usd > 0) {
        parts.push(dollars(step.cost_micro_usd));
    }
    return parts.join(' · ');
}

function StepBox({ data }: NodeProps<StepNode>) {
    return (
        <div className="gantry-node">
            <Handle type="target" position={Position.Left} isConnectable={false} />
            <span className="gantry-node-title">{data.title}</span>
            <StateLabel state={data.state} />
            <span className="gantry-node-used">{data.used}</span>
            <Handle type="source" position={Position.Right} isConnectable={false} />
        </div>
    );
}

const TYPES = { step: StepBox };

/** The steps of the workflow and what each waits for. The table beside it says the same in words. */
export default function RunGraph({ run }: { run: Run }) {
    const theme = useTheme();
    const { nodes, edges, rows } = useMemo(() => arrange(run), [run]);
    if (nodes.length === 0) {
        return null;
    }
    const height = rows > 4 ? 'gantry-graph gantry-graph-tall' : 'gantry-graph';
    return (
        <div className={height} role="group" aria-label="The steps as a graph; the table below says the same">
            <ReactFlow
                nodes={nodes}
                edges={edges}
                nodeTypes={TYPES}
                colorMode={theme}
                fitView
                minZoom={0.2}
                fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
                nodesFocusable={false}
                edgesFocusable={false}
                elementsSelectable={false}
                zoomOnScroll={false}
                preventScrolling={false}
                proOptions={{ hideAttribution: true }}
            >
                <Controls showInteractive={false} />
            </ReactFlow>
        </div>
    );
}
