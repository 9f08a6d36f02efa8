# System-wide settings of interactive shells.
case $- in *i*) ;; *) return ;; esac

shopt -s checkwinsize histappend
HISTCONTROL=ignoreboth
HISTSIZE=10000
HISTFILESIZE=20000
PROMPT_COMMAND='history -a'

if [ "$(id -u)" = 0 ]; then user_colour=31; else user_colour=32; fi
PS1='\[\e[1;'$user_colour'm\]\u@\h\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
unset user_colour

# The terminal's title, by which its tab is told from the others: the command while it runs, else the directory.
case $TERM in xterm*)
  __title() { local line; line=$(HISTTIMEFORMAT='' history 1); line=${line#*[0-9]  }; printf '\e]0;%s\a' "${line%%$'\n'*}"; }
  PS0='$(__title)'
  PS1='\[\e]0;\w\a\]'$PS1 ;;
esac

export LESS=-R SYSTEMD_LESS=FRXMK
eval "$(dircolors -b)"
alias ls='ls --color=auto' ll='ls -l' la='ls -lA'
alias grep='grep --color=auto' ip='ip -color=auto' diff='diff --color=auto'

if [ -f /usr/share/bash-completion/bash_completion ] && ! shopt -oq posix; then
  . /usr/share/bash-completion/bash_completion
fi
