/** Texts that YAML, Pulumi or a program may take for something else; most are from public bug reports. */
export const oddTexts: readonly string[] = [
    ...["true", "false", "True", "TRUE", "yes", "no", "on", "off", "y", "n", "Yes", "NO", "null", "~", "Null", "NULL"],
    // Account ids, phone numbers, commits and versions (pulumi#11518, pulumi-aws#4897).
    ...["012345", "052812345678", "012345670123", "0123", "08", "00", "0", "7", "42", "-1", "+5", "-0", "1_000", "1__0_"],
    ...["1.3", "1.30", "3.10", "1.0", "1.", ".5", "-.5", "1e3", "1E3", "12e4567", "1234567e1", "5e-324", "0.0000001", "1e21"],
    ...["0x1F", "0o17", "0b11", "0O17", "0B1", "0xG", "-0x1F", "-0o7", "0b12", "0_7", "0x_1F", "685230.15"],
    ...["9007199254740993", "9223372036854775808", "18446744073709551615", "18446744073709551616"],
    ...["123456789012345678901234567890", "-9223372036854775809", "1e400"],
    ...["12:30:00", "190:20:30", "22:22", "1:2", "0:0"],
    ...["2024-01-02", "2024-1-2", "2024-13-01", "2024-02-30", "20240102", "2024-01", "2001-12-14T21:59:43Z"],
    ...["2001-12-14 21:59:43", "2001-12-14t21:59:43-05:00", "2001-12-14T1:2:3Z", "2024-01-02x", "2024.01.02"],
    // Texts that begin like JSON (argo-cd#13591, #9229; external-dns' templates; IPv6 addresses).
    ...["[ssh.github.com]:443 ssh-ed25519 AAAA", "[::1]:8443", "[a-z]*", "{a", "{{ .Name }}", '{"a": 1}', "[]", "{}", "[1", "[x]"],
    ...["a: b", "a #b", "# a", "- a", "-", "?", "!x", "&x", "*x", "%x", "@x", "`x`", "|", ">", "=", "<<", "\\", "'", '"', '"x"'],
    ...["v1.0.0", "main", "feature/x", "..", "NaN", ".inf.", "inf", "Infinity", "undefined", "__proto__", "ä", "日本", " x", "x ", "x\ny"],
];

/** The odd texts that can stand in YAML without quotes, and mean one value then. */
export const plainTexts = oddTexts.filter(
    (text) => /^[^\s#&*!|>'"%@`{}[\],?:-]([^#:\n]|:(?!\s|$))*$|^-[\d.]/.test(text) && !/\s$/.test(text),
);
