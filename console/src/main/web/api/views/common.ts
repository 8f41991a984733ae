export interface Page<T> {
    items: T[];
    next_cursor: string | null;
}

export interface Cost {
    micro_usd: number;
    usd: string;
}

export interface Usage {
    input_tokens: number;
    output_tokens: number;
    total_tokens: number;
    estimated: boolean;
}
