# Ten resources.
class differential::hundred::c091 {
  notify { 'c091 1':
    message => "1 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 2':
    message => "2 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 3':
    message => "3 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 4':
    message => "4 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 5':
    message => "5 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 6':
    message => "6 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 7':
    message => "7 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 8':
    message => "8 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 9':
    message => "9 of class c091 on ${facts['networking']['hostname']}",
  }
  notify { 'c091 10':
    message => "10 of class c091 on ${facts['networking']['hostname']}",
  }
}
