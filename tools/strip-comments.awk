# Prints C without comments and without the insides of strings, one "FILE:LINE:code" per line.
# Used by the lints, so that a word in a comment or a sentence is not taken for a call.
FNR == 1 { inside = 0 }
{
    out = ""
    line = $0
    while (line != "") {
        if (inside) {
            at = index(line, "*/")
            if (!at) break
            line = substr(line, at + 2)
            inside = 0
            continue
        }
        if (!match(line, /\/\/|\/\*|["']/)) { out = out line; break }
        out = out substr(line, 1, RSTART - 1)
        sign = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        if (sign == "//") break
        if (sign == "/*") { inside = 1; continue }
        for (at = 1; at <= length(line) && substr(line, at, 1) != sign; at++)
            if (substr(line, at, 1) == "\\") at++
        out = out sign sign
        line = substr(line, at + 1)
    }
    print FILENAME ":" FNR ":" out
}
