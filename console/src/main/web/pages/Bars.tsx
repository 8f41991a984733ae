import { Bar, BarChart, CartesianGrid, Label, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { day } from '../ui/format';

const LINE = 'var(--pf-t--global--border--color--default)';
const TEXT = { fill: 'var(--pf-t--global--text--color--subtle)', fontSize: 12 };

/** Amounts by day as bars. Whoever cannot see them has the table below. */
export default function Bars({
    title,
    unit,
    show,
    rows,
}: {
    title: string;
    /** What the amounts count. */
    unit: string;
    show: (value: number) => string;
    rows: { day: string; value: number }[];
}) {
    return (
        <>
            <p className="gantry-subtle gantry-unit" aria-hidden="true">
                In {unit}
            </p>
            <div
                className="gantry-chart"
                role="img"
                aria-label={`${title} by day as bars; the table below has the same numbers`}
            >
                <ResponsiveContainer width="100%" height={240}>
                    <BarChart data={rows} margin={{ top: 8, right: 8, bottom: 16, left: 8 }} accessibilityLayer={false}>
                        <CartesianGrid stroke={LINE} vertical={false} />
                        <XAxis dataKey="day" tickFormatter={day} tick={TEXT} stroke={LINE} minTickGap={24}>
                            <Label value="Day (UTC)" position="insideBottom" offset={-12} {...TEXT} />
                        </XAxis>
                        <YAxis tickFormatter={show} tick={TEXT} stroke={LINE} width={84} allowDecimals={false} />
                        <Tooltip
                            formatter={(value) => [show(Number(value)), title]}
                            labelFormatter={(label) => day(String(label))}
                            contentStyle={{
                                background: 'var(--pf-t--global--background--color--floating--default)',
                                borderColor: LINE,
                            }}
                            cursor={{ fill: LINE, opacity: 0.4 }}
                        />
                        <Bar
                            dataKey="value"
                            fill="var(--pf-t--global--color--brand--default)"
                            radius={[3, 3, 0, 0]}
                            maxBarSize={28}
                            isAnimationActive={false}
                        />
                    </BarChart>
                </ResponsiveContainer>
            </div>
        </>
    );
}
