# SPDX-License-Identifier: BSL-1.0
# find_package(mailmote): the target mailmote::mailmote; and mailmote::wolfssl, where wolfSSL is found.
# find_package(mailmote COMPONENTS wolfssl): both, or it is not found.
include("${CMAKE_CURRENT_LIST_DIR}/mailmoteTargets.cmake")

if(NOT TARGET mailmote::wolfssl)
  include("${CMAKE_CURRENT_LIST_DIR}/wolfssl.cmake")
  if(mailmote_wolfssl_target)
    add_library(mailmote::wolfssl INTERFACE IMPORTED)
    target_link_libraries(mailmote::wolfssl INTERFACE
      mailmote::mailmote ${mailmote_wolfssl_target})
  endif()
endif()

foreach(component IN LISTS mailmote_FIND_COMPONENTS)
  if(mailmote_FIND_REQUIRED_${component} AND NOT TARGET mailmote::${component})
    set(mailmote_FOUND FALSE)
    set(mailmote_NOT_FOUND_MESSAGE "mailmote's component ${component} needs a library of that name, "
      "which neither its CMake package nor pkg-config knows.")
  endif()
endforeach()
