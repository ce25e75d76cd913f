# Ten resources.
class differential::hundred::c029 {
  notify { 'c029 1':
    message => "1 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 2':
    message => "2 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 3':
    message => "3 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 4':
    message => "4 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 5':
    message => "5 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 6':
    message => "6 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 7':
    message => "7 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 8':
    message => "8 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 9':
    message => "9 of class c029 on ${facts['networking']['hostname']}",
  }
  notify { 'c029 10':
    message => "10 of class c029 on ${facts['networking']['hostname']}",
  }
}
