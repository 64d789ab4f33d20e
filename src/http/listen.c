#include "http/listen.h"

#include "base/encode.h"

bool listen_read(const char *text, struct listen_at *ret, struct err *err)
{
    struct str whole = str_of(text);
    uint64_t port = 0;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || !decimal_read(str_of(colon + 1), UINT16_MAX, &port))
        return err_set(err, ERR_USAGE, NULL, "%.80s is not HOST:PORT", text);
    struct str host = str_slice(whole, 0, (size_t)(colon - text));
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = str_slice(host, 1, host.len - 1);
    if (host.len == 0 || host.len >= sizeof ret->address)
        return err_set(err, ERR_USAGE, NULL, "%.80s is not HOST:PORT", text);
    *ret = (struct listen_at){.port = (uint16_t)port};
    memcpy(ret->address, host.ptr, host.len);
    return true;
}
