/* vsmartcard's virtual reader, which also says what a USB reader says of itself: the first one that it sits on
   bus 1 at address 4, the second one at address 5. Everything else is vpcd's own, found through the library
   that this one is linked with. The types are those of pcscd's IFD handler interface. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

enum { CHANNEL_ID = 0x00020110, VENDOR_NAME = 0x00010100, VERSION = 0x00010102, SUCCESS = 0 };

typedef long (*capabilities)(unsigned long, unsigned long, unsigned long *, unsigned char *);

long IFDHGetCapabilities(unsigned long lun, unsigned long tag, unsigned long *length, unsigned char *value)
{
    uint32_t number = tag == CHANNEL_ID ? 0x00200104 + (lun & 0xffff) : 0x02140000;

    if (tag == CHANNEL_ID || tag == VERSION) {
        memcpy(value, &number, *length = sizeof number);
        return SUCCESS;
    }
    if (tag == VENDOR_NAME) {
        memcpy(value, "Made-up\n", *length = 8);
        return SUCCESS;
    }
    return ((capabilities)dlsym(RTLD_NEXT, "IFDHGetCapabilities"))(lun, tag, length, value);
}
