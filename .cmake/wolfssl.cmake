# SPDX-License-Identifier: BSL-1.0
# Sets mailmote_wolfssl_target to a target of wolfSSL, if there is one: the project's own, or what its
# CMake package or pkg-config finds.
if(NOT TARGET wolfssl::wolfssl AND NOT TARGET wolfssl)
  find_package(wolfssl CONFIG QUIET)
endif()
if(TARGET wolfssl::wolfssl)
  set(mailmote_wolfssl_target wolfssl::wolfssl)
elseif(TARGET wolfssl)
  set(mailmote_wolfssl_target wolfssl)
else()
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(wolfssl QUIET IMPORTED_TARGET GLOBAL wolfssl)
  endif()
  if(TARGET PkgConfig::wolfssl)
    set(mailmote_wolfssl_target PkgConfig::wolfssl)
  endif()
endif()
